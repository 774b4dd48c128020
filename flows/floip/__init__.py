"""Flows of other platforms, in the form that FLOIP (the Flow Interoperability Project) has specified, and ours in it.

`reading.read_container` brings a container in, `writing.write_container` takes a book out. Both say what was lost.
"""

"""What languages are told by, and SOURCES.md. Built by `feedback languages build`."""

"""Messages written as examples, one file a language; how they are used: docs/classification.md."""

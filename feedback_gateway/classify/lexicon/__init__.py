"""The lexicon, one YAML file a language. docs/classification.md says how to edit it."""

"""Signs of urgency and of noise, one YAML file a subject and language. docs/classification.md says how to edit them."""

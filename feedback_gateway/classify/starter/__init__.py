"""The model that is shipped: arrays and JSON, made by `feedback model starter`."""

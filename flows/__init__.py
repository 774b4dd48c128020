"""What people are asked: a pure conversation engine, the flow files and their texts in every language."""

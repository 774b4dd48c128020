"""The letters of the posters: see SOURCES.md."""

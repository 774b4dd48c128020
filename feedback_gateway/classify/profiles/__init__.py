"""The n-gram profiles, one JSON file a language, and SOURCES.md. Built by tools/build_language_profiles."""

"""Stories that last days or a year."""

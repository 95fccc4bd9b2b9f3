"""One module per change; a released one is never edited."""

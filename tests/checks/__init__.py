"""One test file for each check."""

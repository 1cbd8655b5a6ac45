"""Reading mathematical answers and proving that two of them are equal."""

"""The eight nouns, in the order in which they are made: pure functions from records to records."""

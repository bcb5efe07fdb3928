"""A shop in compressed time whose provider has a bill of its own, and the books that are to agree with it."""

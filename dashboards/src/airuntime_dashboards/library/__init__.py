"""The panels themselves, by subject; a definition picks them and says where they stand."""

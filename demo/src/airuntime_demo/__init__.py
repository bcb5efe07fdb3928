"""A support assistant with planted wastes."""

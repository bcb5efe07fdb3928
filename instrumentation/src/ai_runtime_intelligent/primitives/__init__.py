"""Primitives: the parts of a workflow that are measured, and whose tunables can be changed while it runs."""

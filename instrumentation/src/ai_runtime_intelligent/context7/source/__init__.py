"""The user's own source, read and never run: what is defined where, what it calls, what stands out."""

"""What joins a process to its backend: tunables in, manifest out."""

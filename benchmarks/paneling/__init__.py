"""Parts of ``benchmarks/panels.py``."""

"""What the benchmarks run: each variant in a process of its own, asked for one round at a time."""

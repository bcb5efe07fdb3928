"""What ``benchmarks/advice.py`` is made of: a small shop, the answers of a scripted model, and how they are judged."""

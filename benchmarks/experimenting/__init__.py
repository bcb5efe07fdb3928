"""What the benchmark of experiments simulates: calls, the totals of their arms at each look, and who judges them."""

"""A fleet that is rolled out to, in simulated time: what the benchmark and the tests share."""

"""The same with everything real: Prometheus, two backends, replicas, their clocks, and SIGKILL for any of them."""

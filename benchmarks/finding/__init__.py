"""Planted faults and healthy days, as real metrics in a real Prometheus, before the product's own analysis."""

"""Measuring: what one execution costs, written where Prometheus and OpenTelemetry read it."""

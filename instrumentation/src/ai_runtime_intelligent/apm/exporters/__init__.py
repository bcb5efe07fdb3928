"""Where telemetry goes: OTLP to anyone, and the addresses, keys and names of Elastic and Datadog."""

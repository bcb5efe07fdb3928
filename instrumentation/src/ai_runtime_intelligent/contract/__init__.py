"""The public contract: every name that two parts of the product share, spelled once.

``names`` holds identifiers and ports, ``kinds`` the closed vocabularies, ``metrics`` the metric table, ``env`` the
environment variables, ``promql`` the named queries, and ``gen_ai`` the part of them that reads everybody's gen_ai
metrics. Standard library only: everyone imports this package, and it imports nobody.
"""

from . import env, gen_ai, kinds, metrics, names, promql

__all__ = ["env", "gen_ai", "kinds", "metrics", "names", "promql"]

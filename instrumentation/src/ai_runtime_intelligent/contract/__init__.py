"""The public contract: every name that two parts of the product share, spelled once.

``names`` holds identifiers and ports, ``kinds`` the closed vocabularies, ``metrics`` the metric table,
``env`` the environment variables, ``promql`` the named queries. Standard library only: everyone imports
this package, and it imports nobody.
"""

from . import env, kinds, metrics, names, promql

__all__ = ["env", "kinds", "metrics", "names", "promql"]

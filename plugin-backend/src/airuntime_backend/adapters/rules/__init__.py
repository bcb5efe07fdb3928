"""The rules: one small module each, from a finding to advice. No clock, no network: a rule is a function."""

from . import cold_cache, premium_routing, retry_storm, serial_stage

RULES = (cold_cache.RULE, premium_routing.RULE, retry_storm.RULE, serial_stage.RULE)
"""Every rule, in the order in which they are asked."""

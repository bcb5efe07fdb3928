"""Code patches: what the operator configured, checked and tried in a workshop, and published when they are proved."""

from .bench import PatchBench
from .config import PatchConfig, ServiceConfig, read_config

__all__ = ["PatchBench", "PatchConfig", "ServiceConfig", "read_config"]

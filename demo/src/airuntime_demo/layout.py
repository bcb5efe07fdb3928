"""Where everything of one run is: ports, URLs, tokens, folders."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

from ai_runtime_intelligent.contract import names

from .ports import HOST, ReservedPorts
from .wastes import Waste

Part = Literal["llm", "context7", "prometheus", "backend", "service"]

PARTS: Final[tuple[Part, ...]] = ("llm", "context7", "prometheus", "backend", "service")
"""Every part, in the order in which they start."""

USUAL_PORTS: Final = {
    "http": names.HTTP_PORT,
    "grpc": names.GRPC_PORT,
    "metrics": names.METRICS_PORT,
    "prometheus": names.PROMETHEUS_PORT,
    "llm": 0,
    "context7": 0,
}
"""The port of each listener; 0 = any."""


@dataclass(frozen=True)
class StackOptions:
    """What to start. ``rate`` is in questions a second; ``usual_ports`` False takes any free ones, for tests."""

    waste: Waste = "cache"
    seed: int = 7
    rate: float = 25.0
    parts: Sequence[Part] = PARTS
    usual_ports: bool = True
    keep_data: bool = False


@dataclass(frozen=True)
class Urls:
    """Base URLs of the parts; ``metrics`` is the page of the service's metrics."""

    api: str
    preview: str
    prometheus: str
    metrics: str
    openai: str
    context7: str
    grpc: str

    @classmethod
    def of(cls, chosen: Mapping[str, int]) -> Self:
        """The URLs on those ports of loopback."""
        base = {name: f"http://{HOST}:{port}" for name, port in chosen.items()}
        return cls(
            api=base["http"],
            preview=f"{base['http']}/preview/",
            prometheus=base["prometheus"],
            metrics=f"{base['metrics']}/metrics",
            openai=f"{base['llm']}/v1",
            context7=f"{base['context7']}/api",
            grpc=f"{HOST}:{chosen['grpc']}",
        )


@dataclass(frozen=True, repr=False)
class Tokens:
    """Random tokens of one run. Never printed: they are passed by environment."""

    viewer: str
    operator: str
    service: str
    plugin: str

    @classmethod
    def fresh(cls) -> Self:
        """New tokens."""
        return cls(*(secrets.token_urlsafe(24) for _ in range(4)))


@dataclass(frozen=True)
class Layout:
    """All that the parts of one run must know of each other. ``root`` is the clone, None without one."""

    options: StackOptions
    ports: ReservedPorts
    urls: Urls
    tokens: Tokens
    folder: Path
    root: Path | None

    @classmethod
    def fresh(cls, options: StackOptions) -> Self:
        """Free ports, new tokens, and a new folder for data and logs."""
        usual = USUAL_PORTS if options.usual_ports else dict.fromkeys(USUAL_PORTS, 0)
        chosen, root = ReservedPorts(usual), repository()
        return cls(options, chosen, Urls.of(chosen), Tokens.fresh(), _data_folder(root), root)


def repository() -> Path | None:
    """The clone from which the demo runs, None when it was installed elsewhere."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "plugin-backend").is_dir() and (root / "provisioning").is_dir() else None


def _data_folder(root: Path | None) -> Path:
    if root is None:
        return Path(tempfile.mkdtemp(prefix="airuntime-demo-"))
    (root / ".demo").mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="run-", dir=root / ".demo"))

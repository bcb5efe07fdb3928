"""Which libraries are installed, in which version, with which files: read from their metadata, never imported."""

from __future__ import annotations

import functools
import platform
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from importlib.metadata import Distribution, DistributionFinder, MetadataPathFinder
from pathlib import Path
from typing import Final, cast

from .text import line

_WORDS: Final = (
    "documentation",
    "docs",
    "homepage",
    "home",
    "repository",
    "source",
    "source code",
    "code",
    "changelog",
)
"""How projects name their links, the most useful first."""
_SOURCE: Final = (".py", ".pyi")
_NOT_FOR_USERS: Final = {"tests", "test", "testing", "_vendor", "__pycache__", "conftest.py"}


@dataclass(frozen=True)
class Installed:
    """One installed library: its own words, its links, its Python files with the name of each module."""

    name: str
    version: str
    readme: str = field(default="", repr=False)
    links: tuple[tuple[str, str], ...] = ()
    modules: tuple[tuple[str, Path], ...] = field(default=(), repr=False)

    @property
    def link(self) -> str:
        """Where its documentation is, as far as it says so; empty when it does not."""
        return self.links[0][1] if self.links else ""

    @property
    def stamp(self) -> str:
        """Changes when any of its files does."""
        newest = max((_changed(path) for _, path in self.modules), default=0)
        return f"{self.version} {len(self.modules)} {newest}"


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


class Libraries:
    """The libraries in ``folders`` (site-packages), and after them those of this process."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._paths = [*(str(folder) for folder in folders if folder.is_dir()), *sys.path]

    def find(self, library: str, version: str = "") -> Installed | None:
        """The library of that name, or of that module: in ``version`` if it is there, else in the one that is."""
        found = self._distribution(library, version)
        if found is None and library in sys.stdlib_module_names:
            return _standard(library)
        found = found or self._distribution(self.owner(library), version)
        return _described(found) if found is not None else None

    def links(self, library: str) -> tuple[tuple[str, str], ...]:
        """Name and address of the project's links, its documentation first; none for what is not installed."""
        found = self._distribution(library, "")
        return _links(found) if found is not None else ()

    def version(self, library: str) -> str:
        """The version that is installed, for a module of Python's own that of Python; empty for what is not."""
        found = self._distribution(library, "")
        if found is None and library in sys.stdlib_module_names:
            return platform.python_version()
        return found.version if found is not None else ""

    def owner(self, module: str) -> str:
        """The library that provides the top-level ``module``; empty when none does."""
        return self._owners.get(module, "")

    def _distribution(self, name: str, version: str) -> Distribution | None:
        if not name:
            return None
        context = DistributionFinder.Context(name=name, path=self._paths)
        found = list(MetadataPathFinder.find_distributions(context))
        return next((one for one in found if one.version == version), found[0] if found else None)

    @functools.cached_property
    def _owners(self) -> dict[str, str]:
        """The distribution of each top-level module."""
        context, owners = DistributionFinder.Context(path=self._paths), dict[str, str]()
        for one in MetadataPathFinder.find_distributions(context):
            for module in _top_level(one):
                owners.setdefault(module, one.name)
        return owners


def _top_level(distribution: Distribution) -> Iterator[str]:
    """The modules at its top. ``files`` would say it too, but takes seconds over a whole environment."""
    told = (distribution.read_text("top_level.txt") or "").split()
    heads = {row.partition(",")[0].partition("/")[0] for row in (distribution.read_text("RECORD") or "").splitlines()}
    yield from told
    for head in sorted(heads):
        if head.endswith(".pth"):
            yield from (folder.name for folder in _linked(distribution, head))
        elif head.removesuffix(".py").isidentifier():
            yield head.removesuffix(".py")


def _described(distribution: Distribution) -> Installed:
    message = cast("Message", distribution.metadata)
    body = message.get_payload()
    readme = message.get("Description") or (body if isinstance(body, str) else "")
    modules = tuple(sorted(_modules(distribution)))
    return Installed(distribution.name, distribution.version, readme, _links(distribution), modules)


def _links(distribution: Distribution) -> tuple[tuple[str, str], ...]:
    """The links of the project that a browser may open."""
    message = cast("Message", distribution.metadata)
    told = [str(one).partition(",")[::2] for one in message.get_all("Project-URL", ())]
    told += [("Homepage", str(one)) for one in message.get_all("Home-page", ())]
    pairs = {(line(name, 60), line(url, 500)) for name, url in told}
    return tuple(sorted((pair for pair in pairs if pair[1].startswith("https://")), key=_usefulness))


def _usefulness(link: tuple[str, str]) -> tuple[int, str]:
    name = link[0].lower()
    return (_WORDS.index(name) if name in _WORDS else len(_WORDS)), name


def _modules(distribution: Distribution) -> Iterator[tuple[str, Path]]:
    files = {str(path): Path(str(distribution.locate_file(path))) for path in distribution.files or ()}
    for name, path in files.items():
        if path.suffix == ".pth":
            for folder in _linked(distribution, name):
                yield from _beneath(folder)
        elif _is_for_users(Path(name)) and (path.suffix == ".py" or name.removesuffix("i") not in files):
            yield _dotted(Path(name)), path


def _linked(distribution: Distribution, pth: str) -> Iterator[Path]:
    """The packages in the folders to which an editable installation points."""
    text = distribution.read_text(f"../{pth}") or ""
    for folder in text.splitlines():
        if folder.startswith("/") and Path(folder).is_dir():
            yield from (one.parent for one in Path(folder).glob("*/__init__.py"))


def _beneath(package: Path) -> Iterator[tuple[str, Path]]:
    for path in package.rglob("*.py"):
        name = path.relative_to(package.parent)
        if _is_for_users(name):
            yield _dotted(name), path


def _is_for_users(name: Path) -> bool:
    return name.suffix in _SOURCE and ".." not in name.parts and not _NOT_FOR_USERS & set(name.parts)


def _dotted(name: Path) -> str:
    return ".".join(name.with_suffix("").parts).removesuffix(".__init__")


def _standard(module: str) -> Installed | None:
    """One module of Python's own library."""
    folder = Path(sysconfig.get_path("stdlib"))
    single, package = folder / f"{module}.py", folder / module
    modules = tuple(sorted(_beneath(package))) if package.is_dir() else ((module, single),) if single.is_file() else ()
    links = (
        ("Documentation", f"https://docs.python.org/{sys.version_info[0]}.{sys.version_info[1]}/library/{module}.html"),
    )
    return Installed(module, platform.python_version(), "", links, modules) if modules else None

"""A YAML file read as places: each value knows its file, line and key, so that what is wrong with it can be told."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from yaml.nodes import Node

_VARIABLE: Final = re.compile(
    r"\$(?P<escaped>\$)\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}|(?P<broken>\$\{)"
)
_TAG: Final = "tag:yaml.org,2002:"


class ConfigFileError(ValueError):
    """A configuration file that cannot be taken. ``line`` is None when the whole file is meant, ``key`` is dotted."""

    def __init__(self, file: str, line: int | None, key: str, problem: str) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(": ".join(part for part in (place, key, problem) if part))
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem


@dataclass(frozen=True)
class Entry:
    """One value of the file at its key. What came from the environment is never shown, only its ``${NAME}``."""

    file: str
    key: str
    line: int
    node: Node

    def wrong(self, problem: str) -> ConfigFileError:
        """The error that names this place."""
        return ConfigFileError(self.file, self.line, self.key, problem)

    def is_mapping(self) -> bool:
        """Whether more keys stand under this one."""
        return self._tag == "map"

    def members(self) -> dict[str, Entry]:
        """What stands under this key; empty for a key without a value.

        Raises ConfigFileError when it is no mapping, or names a key twice.
        """
        if self._tag == "null":
            return {}
        if not self.is_mapping():
            raise self.wrong(f"must be a mapping, got {self.shown()}")
        found: dict[str, Entry] = {}
        for key_node, value_node in self.node.value:
            name = str(key_node.value)
            line = key_node.start_mark.line + 1
            entry = Entry(self.file, f"{self.key}.{name}" if self.key else name, line, value_node)
            if name in found:
                raise entry.wrong(f"is given twice, first on line {found[name].line}")
            found[name] = entry
        return found

    def boolean(self) -> bool:
        """True or false, as YAML spells them."""
        return bool(self._typed(("bool",), "true or false"))

    def number(self, problem: Callable[[float], str | None]) -> float:
        """A number for which ``problem`` has nothing to say."""
        return self._judged(float(self._typed(("int", "float"), "a number")), problem)

    def whole(self, problem: Callable[[float], str | None]) -> int:
        """A whole number for which ``problem`` has nothing to say."""
        return int(self._judged(self._typed(("int",), "a whole number"), problem))

    def text(self, *, secret: bool = False) -> str | None:
        """Text; None when it is empty. Anything that the environment gave is text."""
        if self._tag == "null":
            return None
        if self._from_environment:
            return self._substituted() or None
        if self._tag != "str":
            raise self.wrong("must be text" if secret else f"must be text, got {self.shown()}")
        return str(self.node.value) or None

    def one_of(self, choices: Sequence[str]) -> str:
        """One of ``choices``."""
        found = self.text()
        if found not in choices:
            raise self.wrong(f"must be one of {', '.join(choices)}, got {self.shown()}")
        return str(found)

    def shown(self) -> str:
        """The value as it stands in the file."""
        if self._tag in ("map", "seq"):
            return {"map": "a mapping", "seq": "a list"}[self._tag]
        return "nothing" if self._tag == "null" else repr(self.node.value)

    @property
    def _tag(self) -> str:
        return str(self.node.tag).removeprefix(_TAG)

    @property
    def _from_environment(self) -> bool:
        return isinstance(self.node.value, str) and _VARIABLE.search(self.node.value) is not None

    def _judged(self, value: float, problem: Callable[[float], str | None]) -> float:
        found = problem(value)
        if found:
            raise self.wrong(f"{found}, got {self.shown()}")
        return value

    def _typed(self, tags: Sequence[str], expected: str) -> Any:
        from yaml import SafeLoader, ScalarNode  # noqa: PLC0415 - read only with a file

        node, loader = self.node, SafeLoader("")
        if self._from_environment:  # as YAML would have read it, had the environment's text stood in the file
            text = self._substituted()
            node = ScalarNode(loader.resolve(ScalarNode, text, (True, False)), text)  # type: ignore[no-untyped-call]
        if str(node.tag).removeprefix(_TAG) not in tags:
            raise self.wrong(f"must be {expected}, got {self.shown()}")
        return loader.construct_object(node)

    def _substituted(self) -> str:
        return _VARIABLE.sub(self._looked_up, self.node.value)

    def _looked_up(self, match: re.Match[str]) -> str:
        if match["escaped"]:
            return "${"
        if match["broken"]:
            raise self.wrong("holds '${' that begins neither ${NAME} nor ${NAME:-default}; '$${' stands for itself")
        value = os.environ.get(match["name"])
        if match["default"] is not None:
            return value or match["default"]
        if value is None:
            name = match["name"]
            raise self.wrong(f"the environment variable {name} is not set; give a default with ${{{name}:-...}}")
        return value


def read_yaml(path: Path) -> Entry:
    """The top of the file at ``path``.

    Raises OSError when it cannot be read, ConfigFileError when it is not one YAML document.
    """
    import yaml  # noqa: PLC0415 - read only with a file

    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise ConfigFileError(str(path), None, "", "must be UTF-8 text") from error
    except yaml.MarkedYAMLError as error:  # its own text would quote the line, which may hold a secret
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigFileError(str(path), line, "", f"is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ConfigFileError(str(path), None, "", f"is not YAML: {type(error).__name__}") from None
    except RecursionError:
        raise ConfigFileError(str(path), None, "", "is nested too deeply") from None
    return Entry(str(path), "", 1, node or yaml.ScalarNode(f"{_TAG}null", ""))

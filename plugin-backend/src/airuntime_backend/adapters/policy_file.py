"""The policy in a file: read again whenever it was changed; what is wrong in it is told with file, line and key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from ai_runtime_intelligent.runtime.yaml_file import ConfigFileError, Entry, read_yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from airuntime_backend.errors import BadRequestError, PolicyUnreadableError
from airuntime_backend.policy import Policy, matches

_MAX_SHOWN: Final = 80


@dataclass(frozen=True)
class _Read:
    stamp: tuple[int, int, int]
    policy: Policy | None
    problem: str


class PolicyFile:
    """The policy of a file. One that turns bad while we run forbids every change until it is mended."""

    def __init__(self, path: Path, rules: Collection[str]) -> None:
        self._path = path
        self._rules = frozenset(rules)
        self._read = self._load()
        if self._read.policy is None:
            raise BadRequestError(f"the policy cannot be read: {self._read.problem}", field=str(path))

    def policy(self) -> Policy:
        """The policy as the file says now. Raises ``PolicyUnreadableError``."""
        if self._stamp() != self._read.stamp:
            self._read = self._load()
        if self._read.policy is None:
            raise PolicyUnreadableError(
                f"the policy cannot be read, so nothing is changed until it is mended: {self._read.problem}"
            )
        return self._read.policy

    @property
    def file(self) -> str:
        """Where it stands."""
        return str(self._path)

    def ready(self) -> str:
        """The file that is in force. Raises ``PolicyUnreadableError``."""
        self.policy()
        return str(self._path)

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def _load(self) -> _Read:
        stamp = self._stamp()
        try:
            return _Read(stamp, read_policy(self._path, self._rules), "")
        except BadRequestError as error:
            return _Read(stamp, None, error.message)


class NoPolicy:
    """Without a file: what a person asks for is allowed, and nothing happens by itself."""

    def policy(self) -> Policy:
        """Every default."""
        return Policy()


def read_policy(path: Path, rules: Collection[str]) -> Policy:
    """The policy in the YAML file.

    Raises:
        BadRequestError: it cannot be read, is not YAML, has an unknown key, a wrong value, or names an unknown rule;
            the message has file, line and key.
    """
    try:
        top = read_yaml(path)
        _twice(top, set())
        policy = Policy.model_validate({} if top.shown() == "nothing" else _plain(top))
        _known(policy, top, rules)
    except OSError as error:
        raise BadRequestError(f"{path}: {error.strerror or type(error).__name__}") from error
    except ConfigFileError as error:
        raise BadRequestError(str(error), field=error.key or None) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        told = _told(top, first["loc"], _in_words(first), first.get("input"))
        raise BadRequestError(str(told), field=told.key or None) from error
    return policy


class _Plain(yaml.SafeLoader):
    """Makes plain values, and leaves 18:00 the text that it is: YAML 1.1 would read it as the number 1080."""

    def whole_or_time(self, node: Any) -> int | str:
        """A whole number, or a time of day as it is written."""
        return str(node.value) if ":" in node.value else super().construct_yaml_int(node)


_Plain.add_constructor("tag:yaml.org,2002:int", _Plain.whole_or_time)


def _plain(top: Entry) -> Any:
    """The values of the file. Raises ConfigFileError for one that YAML cannot make, such as a date in month 13."""
    try:
        return _Plain("").construct_document(top.node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigFileError(top.file, line, "", f"is not plain YAML: {error.problem}") from None
    except (ValueError, OverflowError) as error:
        raise ConfigFileError(top.file, None, "", f"has a value that is none: {error}") from None


def _twice(entry: Entry, seen: set[int], within: frozenset[int] = frozenset()) -> None:
    """Raise ConfigFileError for a key that is given twice, at any depth: YAML itself would take the last one.

    Also for what holds itself by an anchor, which never ends; ``seen`` are the nodes that need no second look.
    """
    node = entry.node
    if id(node) in within:
        raise entry.wrong("refers to itself")
    if id(node) in seen:
        return
    seen.add(id(node))
    inner = within | {id(node)}
    if isinstance(node, MappingNode):
        for member in entry.members().values():
            _twice(member, seen, inner)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            _twice(Entry(entry.file, f"{entry.key}.{index}", item.start_mark.line + 1, item), seen, inner)


_WORDS: Final = {
    "extra_forbidden": "is no key of a policy",
    "tuple_type": "must be a list, such as [one, two]",
    "model_type": "must be keys with values",
    "dict_type": "must be keys with values",
}
"""What pydantic says of Python, said of the file."""


def _in_words(error: Mapping[str, Any]) -> str:
    return _WORDS.get(str(error["type"]), str(error["msg"]).removeprefix("Value error, "))


def _known(policy: Policy, top: Entry, rules: Collection[str]) -> None:
    """Raise ConfigFileError for a rule that there is not: a misspelt one would be left to itself."""
    for name in policy.autonomy.rules:
        if name not in rules:
            raise _told(top, ("autonomy", "rules", name), f"is no rule; known are {', '.join(sorted(rules))}", None)
    for index, pattern in enumerate(policy.rules):
        if not any(matches((pattern,), rule) for rule in rules):
            raise _told(top, ("rules", index), f"fits no rule; known are {', '.join(sorted(rules))}", pattern)


def _told(top: Entry, loc: Sequence[int | str], problem: str, value: object) -> ConfigFileError:
    """The problem at its place: the line of the deepest key on the way that stands in the file."""
    node, line = top.node, 1
    for part in loc:
        found = _child(node, part)
        if found is None:
            break
        node, line = found
    plain = value is None or isinstance(value, dict | list)
    shown = "" if plain else f", got {str(value)[:_MAX_SHOWN]!r}"
    return ConfigFileError(top.file, line, ".".join(str(part) for part in loc), f"{problem}{shown}")


def _child(node: Node, part: int | str) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if str(key.value) == part:
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None

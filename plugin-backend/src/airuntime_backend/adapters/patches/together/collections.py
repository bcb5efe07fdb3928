"""Whether what a loop goes through is a collection: taken all at once, it is the same as one by one."""

from __future__ import annotations

import re
from typing import Any, Final

import libcst as cst
from libcst.metadata.scope_provider import Assignment, BuiltinAssignment

from .errors import UnsafeError
from .reading import Reading, is_plain

_EAGER: Final = frozenset({"list", "tuple", "set", "frozenset", "sorted", "dict", "range"})
"""What takes everything before the loop begins."""
_LAZY: Final = frozenset({"enumerate", "zip", "reversed"})
"""What is a collection's as far as its arguments are."""
_VIEWS: Final = frozenset({"items", "keys", "values"})
_DISPLAYS: Final = (cst.List, cst.Tuple, cst.Set, cst.Dict, cst.ListComp, cst.SetComp, cst.DictComp)
_TYPES: Final = re.compile(
    r"^['\"]?(?:[\w.]+\.)?(?:list|tuple|set|frozenset|dict|List|Tuple|Set|FrozenSet|Dict|Sequence|Collection|Mapping|"
    r"MutableSequence|AbstractSet)\b(?!.*\|)"
)


def check_collection(reading: Reading, node: cst.BaseExpression) -> None:
    """Raise ``UnsafeError`` when it may be something that gives its items while the calls run."""
    if not _is_collection(reading, node):
        code = reading.code(node)
        raise UnsafeError(
            f"nothing says that {code} is a collection and no generator: annotate it, or loop over list({code})"
        )


def _is_collection(reading: Reading, node: cst.CSTNode) -> bool:
    if isinstance(node, _DISPLAYS):
        return not isinstance(node, cst.List | cst.Tuple | cst.Set | cst.Dict) or is_plain(node)
    if isinstance(node, cst.Name):
        found = reading.bound(node.value, node)
        return len(found) == 1 and _is_bound_to_one(reading, found[0])
    return isinstance(node, cst.Call) and _gives_one(reading, node)


def _gives_one(reading: Reading, call: cst.Call) -> bool:
    arguments = [one.value for one in call.args]
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value in _VIEWS and not arguments and _is_collection(reading, call.func.value)
    if not isinstance(call.func, cst.Name) or not _is_builtin(reading, call.func):
        return False
    if call.func.value in _EAGER:
        return all(is_plain(one) for one in arguments)
    return call.func.value in _LAZY and all(_is_collection(reading, one) or _is_number(one) for one in arguments)


def _is_builtin(reading: Reading, name: cst.Name) -> bool:
    return all(isinstance(one, BuiltinAssignment) for one in reading.bound(name.value, name))


def _is_number(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Integer)


def _is_bound_to_one(reading: Reading, one: Any) -> bool:
    node = one.node if isinstance(one, Assignment) else None
    if isinstance(node, cst.Param):
        return node.annotation is not None and node.star == "" and _is_type(reading, node.annotation)
    if not isinstance(node, cst.Name):
        return False
    holder = reading.parent(node)
    if isinstance(holder, cst.AnnAssign):
        return _is_type(reading, holder.annotation)
    assign = reading.parent(holder) if isinstance(holder, cst.AssignTarget) else None
    return isinstance(assign, cst.Assign) and _is_collection(reading, assign.value)


def _is_type(reading: Reading, annotation: cst.Annotation) -> bool:
    return _TYPES.search(reading.code(annotation.annotation)) is not None

"""The value that the source declares for a tunable, rewritten where that is safe.

Safe is one call that names the primitive and passes the tunable as a keyword: a literal of the very value that is to
be changed becomes the new one. A stage that runs in turn may take its slots from elsewhere, ``knobs.max_concurrency``:
then at least as many as it has branches are taken, ``max(knobs.max_concurrency, 3)``. Whatever else is left alone.
"""

from __future__ import annotations

from typing import Final

import libcst as cst
from ai_runtime_intelligent.flow.suggestion import Step, Suggestion

_AT_LEAST: Final = frozenset({"serial_stage", "narrow_limit"})
"""Rules that ask for at least so much of what an expression gives."""


def with_value(source: str, suggestion: Suggestion) -> str | None:
    """The source with the suggestion's value; None when it is not declared in exactly one place, or not safely."""
    step = suggestion.step
    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError:
        return None
    if step is None:
        return None
    rewriting = _Rewriting(step, suggestion.rule)
    changed = module.visit(rewriting)
    return changed.code if rewriting.found == rewriting.changed == 1 else None


class _Rewriting(cst.CSTTransformer):
    """Changes the keyword in the calls that name the primitive, and counts both."""

    def __init__(self, step: Step, rule: str) -> None:
        super().__init__()
        self._step, self._rule = step, rule
        self._keyword = step.tunable.name.removeprefix(f"{step.tunable.primitive}.")
        self.found = self.changed = 0

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802 - libcst's name
        if not _names(original_node, self._step.tunable.primitive):
            return updated_node
        self.found += 1
        return updated_node.with_changes(args=[self._argument(one) for one in updated_node.args])

    def _argument(self, argument: cst.Arg) -> cst.Arg:
        if argument.keyword is None or argument.keyword.value != self._keyword:
            return argument
        value = self._value(argument.value)
        if value is None:
            return argument
        self.changed += 1
        return argument.with_changes(value=value)

    def _value(self, value: cst.BaseExpression) -> cst.BaseExpression | None:
        step = self._step
        to = _literal(step.after, whole=step.tunable.type == "int")
        if isinstance(value, cst.Integer | cst.Float):
            return to if value.evaluated_value == step.before else None
        at_least = self._rule in _AT_LEAST and step.after > step.before
        if at_least and _is_plain(value):
            return cst.Call(cst.Name("max"), [cst.Arg(value.deep_clone()), cst.Arg(to)])
        return None


def _names(call: cst.Call, primitive: str) -> bool:
    """Whether the first argument, or the keyword ``name``, is the primitive's name as a literal."""
    given = [one.value for one in call.args if one.keyword is not None and one.keyword.value == "name"]
    first = [one.value for one in call.args[:1] if one.keyword is None and not one.star]
    return any(isinstance(one, cst.SimpleString) and one.evaluated_value == primitive for one in (*first, *given))


def _is_plain(value: cst.BaseExpression) -> bool:
    """A name, or an attribute of one: reading it twice or once is the same."""
    while isinstance(value, cst.Attribute):
        value = value.value
    return isinstance(value, cst.Name) and value.value not in {"None", "True", "False"}


def _literal(number: float, *, whole: bool) -> cst.BaseExpression:
    return cst.parse_expression(str(int(number)) if whole else repr(float(number)))

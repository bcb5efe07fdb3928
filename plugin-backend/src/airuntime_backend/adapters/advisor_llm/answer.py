"""What a model may answer, by type: everything else is refused before it is looked at."""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from ai_runtime_intelligent.flow.suggestion import MAX_CLAIM, MAX_TITLE
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import RefusedError

_MAX_PATCH: Final = 20_000
_MAX_CITED: Final = 20
_MAX_ANSWER: Final = 60_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Change(_Part):
    """The change that the words are about, as it was given."""

    tunable: str = Field(max_length=200)
    to: float


class Effect(_Part):
    """What will come of it: a measure that was given, in its unit, between low and high."""

    measure: str = Field(max_length=100)
    unit: str = Field(max_length=20)
    direction: Literal["lower", "higher"]
    low: float
    high: float


class Words(_Part):
    """Words about what was shown, what they stand on, and a patch."""

    title: str = Field(min_length=1, max_length=MAX_TITLE, description="One line: what to change, from what to what.")
    claim: str = Field(min_length=1, max_length=MAX_CLAIM, description="Why, in numbers of the evidence; plain text.")
    cites: list[str] = Field(min_length=1, max_length=_MAX_CITED, description="Ids of the evidence used: s1, c1, d1.")
    rank: float = Field(ge=0, le=1, description="1 = worth doing first, 0 = doubtful.")
    patch: str = Field("", max_length=_MAX_PATCH, description="A unified diff of the files shown, or nothing.")


class Answer(Words):
    """A suggestion in better words."""

    change: Change
    effect: Effect


Form = TypeVar("Form", bound=Words)


def read(text: str, form: type[Form]) -> Form:
    """The answer in a text that holds nothing else than one JSON object, fenced or not. Raises ``RefusedError``."""
    if len(text) > _MAX_ANSWER:
        raise RefusedError(f"the answer has {len(text)} characters, at most {_MAX_ANSWER} are read")
    try:
        return form.model_validate_json(_unfenced(text.strip()))
    except ValidationError as error:
        raise RefusedError(told(error)) from None


def _unfenced(text: str) -> str:
    first, _, rest = text.partition("\n")
    inside = rest.rstrip().removesuffix("```")
    return inside if first.strip() in {"```", "```json"} and inside != rest.rstrip() else text


def told(error: ValidationError) -> str:
    """What is wrong with an answer's form, in one line that quotes none of its values."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])[:100]
    return f"not of the form that was asked: {where + ': ' if where else ''}{first['msg'][:200]}"

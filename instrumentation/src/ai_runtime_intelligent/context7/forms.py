"""The forms of Context7's answers, as far as they are used. What is missing or null is empty."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


def _empty(value: object) -> object:
    return "" if value is None else value


def _none(value: object) -> object:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_empty)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Library(_Form):
    """One result of a search; ``versions`` are those that have documentation of their own."""

    id: str = Field(min_length=1, max_length=300)
    title: Text = ""
    description: Text = ""
    versions: Annotated[tuple[str, ...], BeforeValidator(_none)] = ()


class Search(_Form):
    """Libraries by name, best first."""

    results: Annotated[tuple[Library, ...], BeforeValidator(_none)] = ()


class Code(_Form):
    """Code in one language."""

    code: Text = ""


class Snippet(_Form):
    """One piece of documentation with its code; ``code_id`` is its address."""

    code_id: Text = ""
    code_title: Text = ""
    code_description: Text = ""
    code_list: Annotated[tuple[Code, ...], BeforeValidator(_none)] = ()


class Info(_Form):
    """One piece of documentation without code; ``page_id`` is its address."""

    page_id: Text = ""
    breadcrumb: Text = ""
    content: Text = ""


class Context(_Form):
    """What answers a question."""

    code_snippets: Annotated[tuple[Snippet, ...], BeforeValidator(_none)] = ()
    info_snippets: Annotated[tuple[Info, ...], BeforeValidator(_none)] = ()


class Refusal(_Form):
    """An error."""

    message: str

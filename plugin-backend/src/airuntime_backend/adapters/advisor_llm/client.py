"""A model behind an API, through pydantic-ai and the vendors' own clients: one request, typed, never tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Generic, Protocol

from pydantic import SecretStr, ValidationError

from .answer import Form, told
from .errors import NoAnswerError, RefusedError, Tokens
from .model import Model

if TYPE_CHECKING:
    from pydantic_ai.exceptions import UnexpectedModelBehavior
    from pydantic_ai.models import Model as AskedModel
    from pydantic_ai.usage import RunUsage

MAX_MADE: Final = 3_000
"""Tokens that an answer may have."""
_MODULES: Final = {
    "openai": ("pydantic_ai", "pydantic_ai.models.openai", "pydantic_ai.providers.openai"),
    "anthropic": ("pydantic_ai", "pydantic_ai.models.anthropic", "pydantic_ai.providers.anthropic"),
}
"""Loaded before the clock runs: the first time that takes seconds, which are not the model's."""


@dataclass(frozen=True)
class Reply(Generic[Form]):
    """An answer of the right form, and what it used."""

    answer: Form
    tokens: Tokens


class Client(Protocol):
    """Somebody who can be asked."""

    @property
    def model(self) -> Model:
        """Who that is."""

    def ask(self, instructions: str, text: str, seconds: float, form: type[Form]) -> Reply[Form]:
        """Ask for an answer of that form, and wait so long at most.

        Raises:
            RefusedError: what came is not of the form that was asked.
            NoAnswerError: nothing came.
        """


class ApiClient:
    """Asks over HTTP. ``url`` and ``key`` are the operator's: nothing is sent to anybody else."""

    def __init__(self, model: Model, url: str | None = None, key: SecretStr | None = None) -> None:
        self.model = model
        self._url = url or model.url
        self._key = key.get_secret_value() if key else "none"

    def ask(self, instructions: str, text: str, seconds: float, form: type[Form]) -> Reply[Form]:
        """Ask once."""
        for name in _MODULES.get(self.model.provider, _MODULES["openai"]):
            import_module(name)
        return asyncio.run(self._ask(instructions, text, seconds, form))

    async def _ask(self, instructions: str, text: str, seconds: float, form: type[Form]) -> Reply[Form]:
        from pydantic_ai import Agent  # noqa: PLC0415 - an extra
        from pydantic_ai.exceptions import AgentRunError, ModelAPIError, UnexpectedModelBehavior  # noqa: PLC0415
        from pydantic_ai.usage import RunUsage  # noqa: PLC0415 - an extra

        usage = RunUsage()
        try:
            async with asyncio.timeout(seconds), self._connected(seconds) as model:
                agent = Agent(model, output_type=form, instructions=instructions, retries=0)
                done = await agent.run(text, usage=usage, model_settings={"max_tokens": MAX_MADE})
        except TimeoutError:
            raise NoAnswerError(f"no answer within {round(seconds, 1):g} s", _tokens(usage)) from None
        except UnexpectedModelBehavior as error:
            raise RefusedError(_malformed(error), _tokens(usage)) from None
        except ModelAPIError as error:
            raise NoAnswerError(_unreachable(error), Tokens()) from None
        except AgentRunError as error:
            raise NoAnswerError(f"no answer ({type(error).__name__})", _tokens(usage)) from None
        return Reply(done.output, _tokens(usage) or Tokens())

    @asynccontextmanager
    async def _connected(self, seconds: float) -> AsyncIterator[AskedModel]:
        if self.model.provider == "anthropic":
            from anthropic import AsyncAnthropic  # noqa: PLC0415 - an extra
            from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415 - an extra
            from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415 - an extra

            async with AsyncAnthropic(base_url=self._url, api_key=self._key, max_retries=0, timeout=seconds) as theirs:
                yield AnthropicModel(self.model.name, provider=AnthropicProvider(anthropic_client=theirs))
            return
        from openai import AsyncOpenAI  # noqa: PLC0415 - an extra
        from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 - an extra
        from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415 - an extra

        # Without a base URL the vendor's client would look into OPENAI_BASE_URL, which is the program's and not ours.
        url = self._url or "https://api.openai.com/v1"
        async with AsyncOpenAI(base_url=url, api_key=self._key, max_retries=0, timeout=seconds) as client:
            yield OpenAIChatModel(self.model.name, provider=OpenAIProvider(openai_client=client))


def _tokens(usage: RunUsage) -> Tokens | None:
    counted = Tokens(usage.input_tokens, usage.output_tokens)
    return counted if counted != Tokens() else None


def _malformed(error: UnexpectedModelBehavior) -> str:
    """What was wrong with the form, without what was sent."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return told(cause)
    retry = getattr(cause, "tool_retry", None)
    content = getattr(retry, "content", None)
    if isinstance(content, list) and content:
        where = ".".join(str(part) for part in content[0].get("loc", ()))[:100]
        return f"not of the form that was asked: {where + ': ' if where else ''}{str(content[0].get('msg', ''))[:200]}"
    return "not of the form that was asked: it is no call of the one tool that there is"


def _unreachable(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"it answered HTTP {status}" if status else "it cannot be reached"

"""The instrumented service: the assistant under traffic, measured, and obeying the backend when there is one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from ai_runtime_intelligent import IntelligentRuntime
from ai_runtime_intelligent.contract import env
from openai import APIError, AsyncOpenAI

from .assistant import build
from .stores import Stores
from .traffic import OpenLoop, Tally, arrivals
from .wastes import KNOBS, RATES, Waste, parse

SERVICE: Final = "support-assistant"


@dataclass(frozen=True)
class ServiceSettings:
    """What the service reads from the environment; ``rate`` is in questions a second."""

    waste: Waste
    seed: int
    rate: float
    openai_base_url: str | None
    openai_api_key: str | None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Take the settings from ``environ``. Raises ValueError that names the variable."""
        waste = parse(_text(environ, env.DEMO_WASTE))
        asked = _number(environ, env.DEMO_RATE)
        return cls(
            waste,
            int(_number(environ, env.DEMO_SEED)),
            asked if environ.get(env.DEMO_RATE.name) else RATES.get(waste, asked),
            environ.get(env.OPENAI_BASE_URL.name),
            environ.get(env.OPENAI_API_KEY.name),
        )


def _text(environ: Mapping[str, str], variable: env.Variable) -> str:
    return environ.get(variable.name) or str(variable.default)


def _number(environ: Mapping[str, str], variable: env.Variable) -> float:
    text = _text(environ, variable)
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{variable.name} is {text!r}; it must be a number above 0.")
    return number


async def serve(settings: ServiceSettings, stop: asyncio.Event) -> Tally:
    """Run the assistant under traffic until ``stop`` is set; tells what became of the questions."""
    # Our own retry counts attempts: the client must not retry beneath it.
    async with AsyncOpenAI(
        base_url=settings.openai_base_url, api_key=settings.openai_api_key, max_retries=0, timeout=20.0
    ) as client:
        assistant = build(client, Stores(settings.seed), KNOBS[settings.waste])
        async with IntelligentRuntime(service_name=SERVICE) as runtime:
            if runtime.metrics_port is None:
                raise ValueError("metrics are not exposed: there would be nothing to watch.")
            traffic = OpenLoop(assistant, APIError)
            await traffic.run(arrivals(settings.seed, settings.rate), stop)
    return traffic.tally


async def _main() -> None:
    settings = ServiceSettings.read(os.environ)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print(await serve(settings, stop))


def main() -> None:
    """Run the service until SIGINT or SIGTERM."""
    try:
        asyncio.run(_main())
    except ValueError as problem:
        raise SystemExit(str(problem)) from problem


if __name__ == "__main__":
    main()

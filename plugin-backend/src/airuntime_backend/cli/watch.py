"""``airuntime watch``: how a change gets on, until it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

import click
from ai_runtime_intelligent.context7.text import line

from .shared import AnsweredError, Backend, NotReachedError, as_json, path_of, print_json, read_settings
from .standing import EXITS, next_steps, progress, standing

TIMED_OUT: Final = 5
INTERRUPTED: Final = 130

F = TypeVar("F", bound=Callable[..., None])


def how_long(command: F) -> F:
    """The options of whatever watches."""
    every = click.option(
        "--interval", type=click.FloatRange(min=0.05), default=2.0, show_default=True, help="Seconds between two looks."
    )
    timeout = click.option(
        "--timeout", type=click.FloatRange(min=0.0), help="Watch no longer than so many seconds; else until it ends."
    )
    return every(timeout(command))


@click.command(short_help="Watch a change until it ends, with an exit code for each end.")
@click.argument("suggestion")
@how_long
@as_json
def watch(*, suggestion: str, interval: float, timeout: float | None, as_json: bool) -> None:
    """Watch the change of SUGGESTION: a line each time something changes, until it ends.

    A line tells the phase, the share of the calls that obey the new value, the calls that each arm has counted, the
    measured effect with its interval, the replicas, and what it waits for. With --json each line is an object, and
    "outcome" is null until the last one.

    A backend that goes away is waited for. Ctrl-C ends the watching and leaves the change alone.

    \b
    Exit codes:
      0    kept
      3    rolled back
      4    stuck: no replica obeys it
      5    not ended within --timeout
      6    nothing runs: it is open, dismissed or expired
      130  Ctrl-C
      1    it cannot be watched: no such suggestion, no backend, a refused token
    """  # noqa: D301 - click's mark of lines that stay as they are
    backend = Backend(read_settings())
    told = backend.get(path_of(suggestion))
    raise click.exceptions.Exit(Watch(backend, suggestion, interval, timeout, as_json=as_json).until_it_ends(told))


@dataclass
class Watch:
    """Looks every ``interval`` seconds, for at most ``timeout`` of them, and prints what has changed."""

    backend: Backend
    suggestion: str
    interval: float
    timeout: float | None
    as_json: bool
    away: bool = False

    def until_it_ends(self, told: Mapping[str, Any]) -> int:
        """Watch on from what was read first; gives the exit code. Raises ``ClickException`` when it is refused."""
        try:
            return self._watch(told)
        except KeyboardInterrupt:
            self._say("Watching has ended; the change has not.")
            return INTERRUPTED

    def _watch(self, told: Mapping[str, Any]) -> int:
        started, before = time.monotonic(), None
        while True:
            now = standing(told)
            if now != before:
                self._tell(told)
            if now.outcome is not None:
                return EXITS[now.outcome]
            before = now
            if not self._paused(started):
                self._say(f"It has not ended within {self.timeout:g} s, and goes on.")
                return TIMED_OUT
            told = self._look(told)

    def _paused(self, started: float) -> bool:
        """Wait for the next look, the last of which is at the deadline; False when that has passed."""
        left = self.interval if self.timeout is None else started + self.timeout - time.monotonic()
        time.sleep(max(0.0, min(self.interval, left)))
        return left > 0

    def _look(self, last: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the backend tells now, or what it told last while it is away."""
        try:
            told: Mapping[str, Any] = self.backend.get(path_of(self.suggestion))
        except (AnsweredError, NotReachedError) as error:
            if isinstance(error, AnsweredError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            if not self.away:
                click.echo(f"{error.message}; it is waited for", err=True)
            self.away = True
            return last
        if self.away:
            click.echo(f"the backend at {self.backend.shown} answers again", err=True)
        self.away = False
        return told

    def _tell(self, told: Mapping[str, Any]) -> None:
        now = standing(told)
        if self.as_json:
            print_json({"suggestion": told["id"], "outcome": now.outcome, **asdict(now)}, on_one_line=True)
            return
        click.echo(progress(now))
        if now.outcome is not None:
            click.echo("\n".join(next_steps(told)))

    def _say(self, words: str) -> None:
        """Tell it with the commands that lead on, beside what is printed for programs."""
        name = line(self.suggestion, 80)
        click.echo(f"{words} Watch it again: airuntime watch {name}; take it back: airuntime rollback {name}", err=True)

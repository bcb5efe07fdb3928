"""The whole demo on one machine: every part a process, started in order, stopped in the reverse order."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from types import TracebackType
from typing import Self

from .layout import PARTS, Layout, StackOptions, Tokens, Urls
from .parts import COMMANDS
from .processes import Processes, Say


class Stack:
    """A context manager: inside it every part serves; ``urls``, ``tokens`` and ``pids`` tell how to reach them.

    ``say`` takes lines of progress; once ``interrupted`` is True, ``check()`` and waiting raise KeyboardInterrupt.
    Entering raises PartDiedError or PrometheusMissingError, with everything stopped again. The data folder is deleted
    at the end unless something went wrong or ``keep_data`` is set.
    """

    def __init__(
        self,
        options: StackOptions | None = None,
        say: Say = lambda _line: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self.options = options or StackOptions()
        self.layout = Layout.fresh(self.options)
        self._say = say
        self._processes = Processes(self.layout.folder, say, interrupted)

    @property
    def urls(self) -> Urls:
        """Where the parts are."""
        return self.layout.urls

    @property
    def tokens(self) -> Tokens:
        """What the backend accepts."""
        return self.layout.tokens

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each running part."""
        return self._processes.pids

    def check(self) -> None:
        """Raise PartDiedError when a part has ended, KeyboardInterrupt when a person wants it to end."""
        self._processes.check()

    def __enter__(self) -> Self:
        self._say(f"starting {', '.join(self.options.parts)}; logs are in {self.layout.folder}")
        try:
            for part in PARTS:
                if part in self.options.parts:
                    self._processes.start(COMMANDS[part](self.layout, self._say))
        except BaseException as error:
            self._end(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        self._processes.stop()
        self.layout.ports.release()
        if not self.options.keep_data and (error is None or isinstance(error, KeyboardInterrupt)):
            shutil.rmtree(self.layout.folder, ignore_errors=True)

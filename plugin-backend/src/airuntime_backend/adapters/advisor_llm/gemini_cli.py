"""The ``gemini`` command, for those who have no key but its login: one run, no shell, an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from pydantic import SecretStr

from .answer import Form, read
from .client import Reply
from .errors import NoAnswerError, RefusedError, Tokens
from .model import Model

COMMAND: Final = "gemini"
_KEPT: Final = ("HOME", "PATH", "LANG", "LC_ALL", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
"""What the command gets of our environment: its login is below HOME, and none of our secrets is among them."""
_MAX_OUTPUT: Final = 200_000


class GeminiCli:
    """Asks the command in an empty folder, with the document on its standard input."""

    def __init__(self, model: Model, key: SecretStr | None = None, command: str = COMMAND) -> None:
        self.model = model
        self._key = key
        self._command = command

    def ask(self, instructions: str, text: str, seconds: float, form: type[Form]) -> Reply[Form]:
        """Run it once; with all that it started it is killed when it takes longer."""
        found = shutil.which(self._command)
        if found is None:
            raise NoAnswerError(f"the command {self._command!r} is not installed")
        schema = json.dumps(form.model_json_schema())
        order = f"{instructions}\nAnswer with one JSON object of this schema and nothing else:\n{schema}\n"
        # Standard input goes before the prompt: the document is data, and what is asked comes last.
        command = (found, "--model", self.model.name, "--output-format", "json", "--prompt", order)
        with tempfile.TemporaryDirectory(prefix="airuntime-") as folder:
            return _reply(_run(command, text, seconds, folder, self._environment()), form)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return kept | ({"GEMINI_API_KEY": self._key.get_secret_value()} if self._key else {})


def _run(command: tuple[str, ...], text: str, seconds: float, folder: str, env: Mapping[str, str]) -> bytes:
    process = subprocess.Popen(  # noqa: S603 - no shell; the command is the operator's choice, the text is no argument
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=dict(env),
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(text.encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise NoAnswerError(f"no answer within {round(seconds, 1):g} s") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    if process.returncode:
        raise NoAnswerError(f"the command ended with {process.returncode}", Tokens())
    return out


def _reply(out: bytes, form: type[Form]) -> Reply[Form]:
    if len(out) > _MAX_OUTPUT:
        raise RefusedError(f"the answer has {len(out)} bytes, at most {_MAX_OUTPUT} are read")
    try:
        body: Any = json.loads(out)
        response, tokens = body["response"], _tokens(body)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError("the command's output is not its JSON format") from None
    if not isinstance(response, str):
        raise RefusedError("the command's output holds no answer", tokens)
    try:
        return Reply(read(response, form), tokens)
    except RefusedError as error:
        raise RefusedError(error.reason, tokens) from None


def _tokens(body: Any) -> Tokens:
    """What it says that it used: of every model, for it asks small ones to choose among the large ones.

    All of it counts at the price of the one that was named, which is the dearest; thinking is paid for as an answer is.
    """
    counted = [one.get("tokens", {}) for one in body.get("stats", {}).get("models", {}).values()]
    made = sum(int(one.get("candidates", 0)) + int(one.get("thoughts", 0)) for one in counted)
    return Tokens(sum(int(one.get("prompt", 0)) for one in counted), made)

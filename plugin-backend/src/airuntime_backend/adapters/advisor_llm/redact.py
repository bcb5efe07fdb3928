"""What never leaves for a model: secrets and addresses of people, in whatever text they stand.

The patterns of keys and passwords are detect-secrets'; it looks at text and asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

REDACTED: Final = "[redacted]"
_LEAST: Final = 6
"""Characters below which a configured secret is no secret: taking out every ``1`` would leave nothing to read."""

_OWN: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<=://)[^\s/@:\"']+:[^\s/@\"']+(?=@)"
    r"|(?i:\bbearer\s+[\w.~+/=-]{8,})"
    r"|\bAIza[\w-]{30,}|\bsk-[\w-]{16,}|\bctx7sk-[\w-]{8,}|\bglsa_\w{16,}|\bxox[a-z]-[\w-]{10,}"
    r"|\bgh[a-z]_\w{20,}|\bgithub_pat_\w{20,}",
    re.DOTALL,
)
_PLUGINS: Final = (
    "AWSKeyDetector", "ArtifactoryDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "KeywordDetector", "MailchimpDetector",
    "NpmDetector", "OpenAIDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector", "SquareOAuthDetector",
    "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector", "Base64HighEntropyString",
    "HexHighEntropyString",
)  # fmt: skip


class Redactor:
    """Takes out what looks like a secret, and the backend's own ``secrets`` letter by letter."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        own = sorted({one for one in secrets if len(one) >= _LEAST}, key=len, reverse=True)
        self._own = re.compile("|".join(re.escape(one) for one in own)) if own else None

    def __call__(self, text: str) -> str:
        """The text with ``[redacted]`` for each of them; no line is lost."""
        if self._own:
            text = self._own.sub(REDACTED, text)
        text = _OWN.sub(lambda found: REDACTED + "\n" * found.group().count("\n"), text)
        return "\n".join(self._line(line) for line in text.split("\n"))

    def holds(self, text: str) -> bool:
        """Whether there is one in the text."""
        return self(text) != text

    def _line(self, line: str) -> str:
        for secret in sorted(self._found(line), key=len, reverse=True):
            # Some patterns give only a part of what they recognised: the whole word goes.
            line = re.sub(rf"[^\s\"'`,;()=\[\]]*{re.escape(secret)}[^\s\"'`,;()=\[\]]*", REDACTED, line)
        return line

    def _found(self, line: str) -> Iterator[str]:
        for detector in self._detectors:
            for secret in detector.analyze_line(filename="shown.py", line=line, line_number=1):
                if secret.secret_value and REDACTED not in secret.secret_value:
                    yield secret.secret_value

    @cached_property
    def _detectors(self) -> tuple[Any, ...]:
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class  # noqa: PLC0415 - an extra

        kinds: dict[str, Any] = get_mapping_from_secret_type_to_class()
        named = {one.__name__: one for one in kinds.values()}
        return tuple(named[name]() for name in _PLUGINS)

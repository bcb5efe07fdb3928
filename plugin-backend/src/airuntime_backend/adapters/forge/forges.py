"""The forge of each service: pushes the branches of a proved patch and opens its pull request, once."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.flow.patch import PatchRun
from ai_runtime_intelligent.flow.suggestion import Suggestion
from pydantic import SecretStr

from airuntime_backend.adapters.patches import PatchBench
from airuntime_backend.adapters.patches.config import ForgeConfig
from airuntime_backend.patch_ports import BrokenError, Proposal

from .github import GitHubPulls
from .gitlab import GitLabPulls
from .pulls import Pulls

_PUSH_SECONDS: Final = 120.0
_USERS: Final[Mapping[str, str]] = {"github": "x-access-token", "gitlab": "oauth2"}
"""Under which name a token is a password in git's own protocol."""


@dataclass(frozen=True)
class Forges:
    """The forges that the operator configured, and the one token for them."""

    bench: PatchBench
    token: SecretStr | None

    def serves(self, service: str) -> bool:
        """Whether one is configured for the service."""
        config = self.bench.config.services.get(service)
        return config is not None and config.forge is not None

    def propose(self, run: PatchRun, suggestion: Suggestion, proposal: Proposal) -> str:
        """Push both branches and open the pull request, unless there is one of this very commit; gives its address.

        Raises:
            BrokenError: the forge refuses, fails or does not answer, or somebody closed the pull request.
        """
        forge, branch, commit = self._forge(run.service), *_branch(run)
        self.bench.push(run, suggestion, self._login(forge), _PUSH_SECONDS)
        pulls = self._pulls(forge)
        found = [one for one in pulls.of(branch) if one.commit == commit]
        alive = next((one for one in found if one.alive), None)
        if found and alive is None:
            raise BrokenError(f"the pull request {found[0].url} was closed: reopen it, or revert the patch")
        return (alive or pulls.open(branch, proposal)).url

    def close(self, run: PatchRun) -> None:
        """Close the pull request of a run, if it is open. Raises ``BrokenError``."""
        self._pulls(self._forge(run.service)).close(_branch(run)[0])

    def _forge(self, service: str) -> ForgeConfig:
        config = self.bench.config.services.get(service)
        if config is None or config.forge is None:
            raise BrokenError(f"no forge is configured for {service}")
        return config.forge

    def _pulls(self, forge: ForgeConfig) -> Pulls:
        made = GitHubPulls if forge.kind == "github" else GitLabPulls
        pulls: Pulls = made(forge.url, forge.project, forge.target, self._secret())
        return pulls

    def _login(self, forge: ForgeConfig) -> dict[str, str]:
        """How git proves itself to the remote: by variables, which no list of processes shows to others."""
        parts = urlsplit(forge.remote)
        if parts.scheme in {"http", "https"}:
            given = base64.b64encode(f"{_USERS[forge.kind]}:{self._secret()}".encode()).decode()
            return {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {given}",
            }
        if parts.scheme == "ssh":
            kept = {name: os.environ[name] for name in ("HOME", "SSH_AUTH_SOCK") if name in os.environ}
            return {**kept, "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}
        return {}

    def _secret(self) -> str:
        if self.token is None:
            raise BrokenError(f"the forge needs a token: set {env.FORGE_TOKEN.name}")
        return self.token.get_secret_value()


def _branch(run: PatchRun) -> tuple[str, str]:
    if run.branches is None:
        raise BrokenError(f"patch {run.id} was never prepared")
    return run.branches.branch, run.branches.commit

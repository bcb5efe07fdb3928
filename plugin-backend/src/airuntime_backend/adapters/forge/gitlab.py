"""Merge requests of a GitLab, by python-gitlab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from airuntime_backend.patch_ports import Proposal

from .pulls import SECONDS, Pull, answered, silent, stays, strange

_ONCE: Final[dict[str, Any]] = {"obey_rate_limit": False}
"""One attempt: the library would wait for as long as a forge says, and the worker with it."""


class GitLabPulls:
    """The merge requests of one project that are for one branch, ``target``."""

    def __init__(self, url: str, project: str, target: str, token: str) -> None:
        from gitlab import Gitlab  # noqa: PLC0415 - an extra
        from requests import Session  # noqa: PLC0415 - loaded with it

        session = Session()  # which would take the token along to wherever it is sent
        session.hooks["response"].append(lambda answer, **_: stays("GitLab", answer.status_code))
        client = Gitlab(url, private_token=token, timeout=SECONDS, retry_transient_errors=False, session=session)
        self._requests = client.projects.get(project, lazy=True).mergerequests
        self._project, self._target = project, target

    def of(self, branch: str) -> tuple[Pull, ...]:
        """Those of a branch, open or not."""
        with self._told():
            return tuple(_pull(one) for one in self._found(branch, "all"))

    def open(self, branch: str, proposal: Proposal) -> Pull:
        """Open one."""
        asked = {
            "source_branch": branch,
            "target_branch": self._target,
            "title": proposal.title,
            "description": proposal.body,
        }
        with self._told():
            return _pull(self._requests.create(asked, **_ONCE))

    def close(self, branch: str) -> None:
        """Close those of a branch that are open."""
        with self._told():
            for one in self._found(branch, "opened"):
                one.state_event = "close"
                one.save(**_ONCE)

    def _found(self, branch: str, state: str) -> list[Any]:
        asked = {"source_branch": branch, "target_branch": self._target, "state": state}
        return list(self._requests.list(query_parameters=asked, get_all=True, **_ONCE))

    @contextmanager
    def _told(self) -> Iterator[None]:
        from gitlab.exceptions import GitlabError, GitlabParsingError  # noqa: PLC0415 - an extra
        from requests import RequestException  # noqa: PLC0415 - loaded with it

        try:
            yield
        except GitlabParsingError as error:
            raise strange("GitLab", error) from None
        except GitlabError as error:
            raise answered("GitLab", self._project, error.response_code or 0, str(error.error_message)) from None
        except RequestException as error:
            raise silent("GitLab", error) from None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise strange("GitLab", error) from None


def _pull(one: Any) -> Pull:
    return Pull(str(one.web_url), str(one.sha), one.state in {"opened", "merged", "locked"})

"""Pull requests of a GitHub, by PyGithub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airuntime_backend.patch_ports import Proposal

from .pulls import SECONDS, Pull, answered, silent, stays, strange

if TYPE_CHECKING:
    from github.PullRequest import PullRequest


class GitHubPulls:
    """The pull requests of one repository that are for one branch, ``target``."""

    def __init__(self, url: str, project: str, target: str, token: str) -> None:
        from github import Auth, Github  # noqa: PLC0415 - an extra

        _stay()
        client = Github(auth=Auth.Token(token), base_url=url, timeout=max(1, int(SECONDS)), retry=None, lazy=True)
        self._repository = client.get_repo(project)
        self._project, self._target = project, target

    def of(self, branch: str) -> tuple[Pull, ...]:
        """Those of a branch, open or not."""
        with self._told():
            return tuple(_pull(one) for one in self._found(branch, "all"))

    def open(self, branch: str, proposal: Proposal) -> Pull:
        """Open one."""
        with self._told():
            return _pull(
                self._repository.create_pull(base=self._target, head=branch, title=proposal.title, body=proposal.body)
            )

    def close(self, branch: str) -> None:
        """Close those of a branch that are open."""
        with self._told():
            for one in self._found(branch, "open"):
                one.edit(state="closed")

    def _found(self, branch: str, state: str) -> list[PullRequest]:
        owner = self._project.partition("/")[0]
        found = self._repository.get_pulls(state=state, head=f"{owner}:{branch}", base=self._target)
        return [one for one in found if one.head.ref == branch]

    @contextmanager
    def _told(self) -> Iterator[None]:
        from github import BadAttributeException, GithubException, IncompletableObject  # noqa: PLC0415 - an extra
        from requests import JSONDecodeError, RequestException  # noqa: PLC0415 - loaded with it

        try:
            yield
        except (BadAttributeException, IncompletableObject) as error:
            raise strange("GitHub", error) from None
        except GithubException as error:
            said = error.data.get("message", "") if isinstance(error.data, dict) else ""
            raise answered("GitHub", self._project, error.status, str(said)) from None
        except JSONDecodeError as error:
            raise strange("GitHub", error) from None
        except RequestException as error:
            raise silent("GitHub", error) from None
        except (AttributeError, AssertionError, KeyError, TypeError, ValueError) as error:
            raise strange("GitHub", error) from None


def _stay() -> None:
    """Let the library take an answer that sends elsewhere for no answer: of some it makes an empty list."""
    from github.Requester import (  # noqa: PLC0415 - an extra
        HTTPRequestsConnectionClass,
        HTTPSRequestsConnectionClass,
        Requester,
        RequestsResponse,
    )

    class Plain(HTTPRequestsConnectionClass):
        def getresponse(self) -> RequestsResponse:
            answer = super().getresponse()
            stays("GitHub", answer.status)
            return answer

    class Secure(HTTPSRequestsConnectionClass):
        def getresponse(self) -> RequestsResponse:
            answer = super().getresponse()
            stays("GitHub", answer.status)
            return answer

    Requester.injectConnectionClasses(Plain, Secure)


def _pull(one: PullRequest) -> Pull:
    return Pull(one.html_url, one.head.sha, one.state == "open" or one.merged_at is not None)

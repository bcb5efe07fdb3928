"""Pull requests on stand-ins of both forges: opened once, and every trouble told without the token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent.flow.patch import PatchRun
from ai_runtime_intelligent.flow.suggestion import Suggestion
from airuntime_backend.adapters.forge import Forges, pulls
from airuntime_backend.adapters.forge import github as github_module
from airuntime_backend.adapters.forge import gitlab as gitlab_module
from airuntime_backend.patch_ports import BrokenError, Proposal
from pydantic import SecretStr
from support.forges import TOKEN, FakeForge, fake_forge
from support.yard import Bench, git

SAYS = Proposal("Let 3 branches run", "because")


class Site:
    """A forge with a remote, and a run that is proved."""

    def __init__(self, tmp_path: Path, forge: FakeForge) -> None:
        self.forge, self.remote = forge, tmp_path / "remote.git"
        config = {
            "kind": forge.kind,
            "url": forge.base,
            "project": "shop/assistant",
            "remote": str(self.remote),
            "target": "main",
        }
        self.here = Bench(tmp_path, forge=config)
        git(tmp_path, "clone", "-q", "--bare", str(self.here.repository), str(self.remote))
        self.run, self.about = self.here.prepared()
        assert self.run.branches is not None
        forge.commit = self.run.branches.commit

    def forges(self, token: str | None = TOKEN) -> Forges:
        """As the operator configured them."""
        return Forges(self.here.bench, SecretStr(token) if token else None)

    def propose(self, **given: Any) -> str:
        """Open the pull request."""
        run: PatchRun = self.run
        about: Suggestion = self.about
        return self.forges(**given).propose(run, about, SAYS)


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """One of each kind, which answers within a second or not at all."""
    for module in (github_module, gitlab_module, pulls):
        monkeypatch.setattr(module, "SECONDS", 1.0)
    with fake_forge(request.param) as forge:
        yield Site(tmp_path, forge)


def test_a_proved_patch_is_pushed_and_proposed_once(site: Site) -> None:
    """Asked twice there is one pull request; both branches are at the remote, and the user's hooks did not run."""
    first, again = site.propose(), site.propose()

    assert first == again
    assert first.startswith(site.forge.url)
    assert len(site.forge.pulls) == 1
    assert site.forge.pulls[0]["title"] == SAYS.title
    branches = site.run.branches
    assert branches is not None
    assert git(site.remote, "rev-parse", branches.branch) == branches.commit
    assert git(site.remote, "rev-parse", branches.revert_branch) == branches.revert_commit
    assert not list(site.remote.parent.glob("hook-ran-*"))


def test_an_answer_that_was_lost_is_found_and_not_repeated(site: Site) -> None:
    """The forge opened it and the connection broke: the second try finds it."""
    site.forge.trouble = "lost"
    with pytest.raises(BrokenError, match="does not answer"):
        site.propose()
    site.forge.trouble = ""

    assert site.propose().endswith("/1")
    assert len(site.forge.pulls) == 1


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("500", "answers 500: ask again when it is well"),
        ("401", r"refuses the token \(401\): check AIRUNTIME_FORGE_TOKEN"),
        ("403", r"refuses the token \(403\): check AIRUNTIME_FORGE_TOKEN"),
        ("404", r"knows no project shop/assistant, or the token may not see it \(404\)"),
        ("422", r"refuses \(422\): Unprocessable"),
        ("429", r"is asked too often \(429\): ask again later"),
        ("limit", r"is asked too often \(403\): ask again later"),
        ("page", "answers what is none of its API's answers .*: check the url of the forge"),
        ("other", "answers what is none of its API's answers .*: check the url of the forge"),
        ("moved", r"sends elsewhere \(302\), and is not followed: check url and project of the forge"),
        ("gone", "does not answer"),
        ("hang", "does not answer"),
    ],
)
def test_each_trouble_is_told_and_can_be_gone_on_from(site: Site, trouble: Any, why: str) -> None:
    """One attempt each, no token in the words; when the forge is well again there is one pull request."""
    site.forge.trouble = trouble
    with pytest.raises(BrokenError, match=why) as error:
        site.propose()
    assert TOKEN not in f"{error.value!r} {error.value.__cause__!r}"
    assert len(site.forge.asked) == 1
    assert site.forge.strangers == []
    site.forge.trouble = ""

    site.propose()

    assert len(site.forge.pulls) == 1


def test_a_pull_request_that_somebody_closed_is_not_opened_again(site: Site) -> None:
    """A person said no."""
    site.propose()
    site.forges().close(site.run)

    with pytest.raises(BrokenError, match="was closed: reopen it, or revert the patch"):
        site.propose()

    assert [one["state"] for one in site.forge.pulls] == ["closed"]


def test_without_a_token_nobody_is_asked(site: Site) -> None:
    """The variable is named."""
    with pytest.raises(BrokenError, match="set AIRUNTIME_FORGE_TOKEN"):
        site.propose(token=None)

    assert site.forge.asked == []


def test_a_remote_that_is_not_there_is_told(site: Site) -> None:
    """Nothing is proposed whose branch could not be pushed."""
    site.remote.rename(site.remote.with_name("moved.git"))

    with pytest.raises(BrokenError, match="the branches could not be pushed"):
        site.propose()

    assert site.forge.pulls == []


def test_a_token_for_pushing_is_no_argument_and_no_address(site: Site) -> None:
    """Git gets it by a variable of its process, for that remote alone."""
    forge = site.here.bench.service("shop").forge
    assert forge is not None
    login = site.forges()._login(replace_remote(forge, "https://forge.example/shop/assistant.git"))

    assert login["GIT_CONFIG_KEY_0"] == "http.https://forge.example/.extraHeader"
    assert login["GIT_CONFIG_VALUE_0"].startswith("Authorization: Basic ")
    assert TOKEN not in repr(site.forges())


def replace_remote(forge: Any, remote: str) -> Any:
    """The same forge with another remote."""
    return forge.model_copy(update={"remote": remote})


def test_a_run_that_was_never_prepared_is_not_proposed(site: Site) -> None:
    """There is nothing to push."""
    with pytest.raises(BrokenError, match="was never prepared"):
        site.forges().propose(replace(site.run, branches=None), site.about, SAYS)

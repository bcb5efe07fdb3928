"""Pushes: to a git server over HTTP with a token, over ssh, and to a folder; each trouble told, the token never."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.adapters.forge import Forges
from airuntime_backend.adapters.forge import forges as forges_module
from airuntime_backend.patch_ports import BrokenError, Proposal
from pydantic import SecretStr
from support.forges import TOKEN, FakeForge, fake_forge
from support.git_server import USER, GitServer, fake_ssh, git_server
from support.yard import Bench, git, snapshot

SAYS: Final = Proposal("Let 3 branches run", "because")


class Site:
    """A forge, the remote of its repository, and a run that is proved."""

    def __init__(self, tmp_path: Path, forge: FakeForge, remote: str) -> None:
        self.forge, self.bare = forge, tmp_path / "remotes" / "assistant.git"
        config = {"kind": "github", "url": forge.base, "project": "shop/assistant", "remote": remote, "target": "main"}
        self.here = Bench(tmp_path, forge=config)
        self.bare.parent.mkdir(exist_ok=True)
        git(tmp_path, "clone", "-q", "--bare", str(self.here.repository), str(self.bare))
        git(self.bare, "config", "http.receivepack", "true")
        self.run, self.about = self.here.prepared()
        assert self.run.branches is not None
        self.branches = self.run.branches
        forge.commit = self.branches.commit

    def propose(self, token: str = TOKEN) -> str:
        """Push, and open the pull request."""
        return Forges(self.here.bench, SecretStr(token)).propose(self.run, self.about, SAYS)

    def pushed(self) -> dict[str, str]:
        """The branches of ours that the remote has."""
        found = git(self.bare, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads/airuntime")
        return dict(line.split(" ") for line in found.splitlines())

    @property
    def wanted(self) -> dict[str, str]:
        """The branches that it is to have."""
        branches = self.branches
        return {branches.branch: branches.commit, branches.revert_branch: branches.revert_commit}


@pytest.fixture
def forge() -> Iterator[FakeForge]:
    """A stand-in for the forge's API."""
    with fake_forge("github") as found:
        yield found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    """A git server that knows the token."""
    (tmp_path / "remotes").mkdir()
    with git_server(tmp_path / "remotes", TOKEN) as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, forge: FakeForge, server: GitServer) -> Site:
    """One whose remote is on the git server."""
    return Site(tmp_path, forge, f"{server.url}/assistant.git")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that is run from now on."""
    found: list[list[str]] = []
    run = subprocess.run

    def noted(command: list[str], **given: Any) -> Any:
        found.append(command)
        return run(command, **given)

    monkeypatch.setattr(subprocess, "run", noted)
    return found


def test_a_push_over_http_proves_itself_by_the_token(site: Site, server: GitServer) -> None:
    """Every request carries it, and both branches arrive; pushed twice is pushed once."""
    first, again = site.propose(), site.propose()

    assert first == again
    assert site.pushed() == site.wanted
    assert {given.partition(" ")[0] for _, given in server.asked} == {"Basic"}
    assert all(TOKEN not in path and USER not in path for path, _ in server.asked)


def test_the_token_is_nowhere_but_in_the_request(
    site: Site, commands: list[list[str]], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """In no argument, no log, no settings, no file of the repository, the workshop or the remote."""
    caplog.set_level(logging.DEBUG)
    before = snapshot(site.here.repository)
    site.propose()

    assert any("push" in command for command in commands)
    encoded = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
    for secret in (TOKEN, encoded):
        assert not any(secret in word for command in commands for word in command)
        assert secret not in caplog.text
        assert not [name for name, text in snapshot(tmp_path).items() if secret.encode() in text]
    assert snapshot(site.here.repository) == before


def test_a_wrong_token_is_told_as_one(site: Site, server: GitServer) -> None:
    """Git would ask for a name on a terminal: nobody is asked, and nothing is proposed."""
    server.token = "another-token"
    with pytest.raises(BrokenError) as error:
        site.propose()

    assert str(error.value).startswith(
        "the branches could not be pushed: the remote refuses the login: check AIRUNTIME_FORGE_TOKEN"
    )
    assert TOKEN not in f"{error.value!r} {error.value.__cause__!r} {error.value.__context__!r}"
    assert (site.forge.asked, site.pushed()) == ([], {})


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("403", "refuses the login: check AIRUNTIME_FORGE_TOKEN"),
        ("429", r"is asked too often \(429\): ask again later"),
        ("500", "answers 500: ask again when it is well"),
        ("404", "not found"),
        ("hang", "git push took longer than 0.5 s"),
    ],
)
def test_each_trouble_of_the_git_server_is_told_and_can_be_gone_on_from(
    site: Site, server: GitServer, monkeypatch: pytest.MonkeyPatch, trouble: str, why: str
) -> None:
    """Nothing is proposed whose branch is not there; when the server is well again, all is."""
    server.trouble = trouble
    if trouble == "hang":
        monkeypatch.setattr(forges_module, "_PUSH_SECONDS", 0.5)
    with pytest.raises(BrokenError, match=why) as error:
        site.propose()
    assert TOKEN not in str(error.value)
    assert site.forge.asked == []
    monkeypatch.undo()
    server.trouble = ""

    assert site.propose().endswith("/1")
    assert site.pushed() == site.wanted


def test_a_server_that_sends_elsewhere_is_not_followed(site: Site, server: GitServer, tmp_path: Path) -> None:
    """The token is for the operator's remote alone."""
    with git_server(tmp_path / "remotes", TOKEN) as elsewhere:
        server.trouble = elsewhere.url
        with pytest.raises(BrokenError, match="could not be pushed"):
            site.propose()

        assert elsewhere.asked == []


def test_a_branch_of_that_name_at_the_remote_is_not_overwritten(site: Site) -> None:
    """Somebody else's work: neither of both branches is pushed."""
    git(site.bare, "branch", site.branches.branch, "main")
    theirs = git(site.here.repository, "commit-tree", "main^{tree}", "-m", "theirs")
    git(site.here.repository, "push", "-q", str(site.bare), f"+{theirs}:refs/heads/{site.branches.branch}")

    with pytest.raises(BrokenError, match="the remote has another branch of that name: rename or delete it there"):
        site.propose()

    assert site.pushed() == {site.branches.branch: theirs}


def test_what_the_remote_declines_is_told_in_its_words(site: Site) -> None:
    """Such as a rule for the names of branches."""
    hook = site.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(BrokenError, match=r"the remote declines them \(pre-receive hook declined\)"):
        site.propose()

    assert site.pushed() == {}


def _over_ssh(tmp_path: Path, forge: FakeForge, monkeypatch: pytest.MonkeyPatch, says: str = "") -> tuple[Site, Path]:
    site = Site(tmp_path, forge, f"ssh://git@forge.example{tmp_path}/remotes/assistant.git")
    folder = fake_ssh(tmp_path / "bin", says)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return site, folder / "called.json"


def test_a_push_over_ssh_is_the_keys_and_never_asks(
    tmp_path: Path, forge: FakeForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batch mode, to the host of the remote; the token is not even in its environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-do-not-show")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    site, called = _over_ssh(tmp_path, forge, monkeypatch)

    site.propose()

    given, environ = json.loads(called.read_text())
    assert site.pushed() == site.wanted
    assert given[:2] == ["-o", "BatchMode=yes"]
    assert "git@forge.example" in given
    assert environ["SSH_AUTH_SOCK"] == "/run/agent"
    assert TOKEN not in called.read_text()
    assert "OPENAI_API_KEY" not in environ


@pytest.mark.parametrize("says", ["git@forge.example: Permission denied (publickey).", "Host key verification failed."])
def test_a_key_that_does_not_do_is_told_as_such(
    tmp_path: Path, forge: FakeForge, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    """It names ssh's key beside the token."""
    site, _ = _over_ssh(tmp_path, forge, monkeypatch, says)

    with pytest.raises(BrokenError, match=r"the remote refuses the login: check .* or the key of ssh"):
        site.propose()

    assert (site.pushed(), site.forge.asked) == ({}, [])


def test_a_push_to_a_folder_needs_no_login(tmp_path: Path, forge: FakeForge) -> None:
    """A bare repository on this machine."""
    site = Site(tmp_path, forge, str(tmp_path / "remotes" / "assistant.git"))

    site.propose()

    assert site.pushed() == site.wanted

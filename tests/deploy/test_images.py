"""The Dockerfile: it copies what there is, installs what is pinned, and runs as nobody in particular."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from fnmatch import fnmatch
from typing import Any

import pytest
from ai_runtime_intelligent.contract import names
from support import compose
from support.compose import ROOT
from support.dockerfile import Stage

STAGES = Stage.all()
IMAGES = sorted({service.target for service in compose.services().values() if service.target})
OPTIONS_WITH_VALUE = {"--constraint"}


def _copied() -> list[str]:
    """What is copied from the repository."""
    sources = []
    for stage in STAGES.values():
        for rest in stage.said("COPY"):
            words = shlex.split(rest)
            if not words[0].startswith("--from"):
                sources += words[:-1]
    return sources


def test_images_are_built_from_slim_python_311() -> None:
    """Every line of stages ends at the one base image."""
    assert {stage.line()[-1].base for stage in STAGES.values()} == {"python:3.11-slim"}


def test_the_compose_file_builds_stages_that_exist() -> None:
    """Each target is a stage."""
    assert IMAGES == ["backend", "demo"]
    assert set(IMAGES) <= set(STAGES)


def test_what_is_copied_is_there() -> None:
    """Each source is in the repository, and `.dockerignore` lets it into the build."""
    ignore = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]

    assert ignore[0] == "*"
    assert sorted(set(_copied())) == sorted(line[1:] for line in ignore if line.startswith("!"))
    for source in _copied():
        listed = subprocess.run(["git", "ls-files", "--", source], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607 - git itself
        assert listed.stdout, source


def test_secrets_and_what_was_built_stay_out() -> None:
    """Nothing that is kept out of git by name comes in again beneath a folder that is copied."""
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {"**/__pycache__", "**/*.egg-info"} <= set(ignore)
    assert not any(fnmatch(".env", line[1:]) for line in ignore if line.startswith("!"))


def test_what_is_copied_from_a_stage_was_made_there() -> None:
    """`COPY --from` names a stage, and a folder in which that stage has installed."""
    for stage in STAGES.values():
        for rest in stage.said("COPY"):
            words = shlex.split(rest)
            if words[0].startswith("--from"):
                made = "\n".join(
                    run for below in STAGES[words[0].removeprefix("--from=")].line() for run in below.said("RUN")
                )
                assert f"python -m venv {words[1]}" in made


def test_pip_installs_packages_that_are_pinned() -> None:
    """Each install obeys the constraints and names a package of ours that was copied before, or one that is pinned."""
    installs = [
        (stage, shlex.split(run)) for stage in STAGES.values() for run in stage.said("RUN") if "pip install" in run
    ]
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}

    assert len(installs) == 3
    for stage, words in installs:
        assert words[:4] == ["pip", "install", "--constraint", "constraints.txt"]
        here = {path for below in stage.line() for copied in below.said("COPY") for path in shlex.split(copied)[:-1]}
        for package in (word for word in words[4:] if not word.startswith("--")):
            if package.startswith("./"):
                assert package[2:] in here
                assert (ROOT / package / "pyproject.toml").is_file()
            else:
                assert package in pinned


@pytest.mark.parametrize("name", IMAGES)
def test_what_an_image_needs_is_installed_in_it(name: str) -> None:
    """Our own packages on which an image's packages depend are installed in it too."""
    installed = _installed(name)
    projects = {_project(path)["name"]: path for path in ("instrumentation", "plugin-backend", "dashboards", "demo")}

    for path in installed:
        needed = {re.split(r"[\s<>=\[;]", one)[0] for one in _project(path)["dependencies"]}
        assert {projects[one] for one in needed & set(projects)} <= installed


def _installed(name: str) -> set[str]:
    (copied,) = (rest for rest in STAGES[name].said("COPY") if rest.startswith("--from"))
    source = STAGES[shlex.split(copied)[0].removeprefix("--from=")]
    words = [word for below in source.line() for run in below.said("RUN") for word in shlex.split(run)]
    return {word[2:] for word in words if word.startswith("./")}


def _project(path: str) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_runs_as_a_user_of_its_own(name: str) -> None:
    """The last user is not root, exists, and owns the folder of the state that a volume takes over."""
    line = STAGES[name].line()
    user = next(said for stage in line for said in stage.said("USER"))
    runs = " ".join(run for stage in line for run in stage.said("RUN"))
    state = {mount.target for mount in compose.services()["backend"].mounts if mount.named}

    assert user not in {"root", "0"}
    assert re.search(rf"useradd .*\b{user}\b", runs)
    assert all(f"--owner {user} --group {user} {folder}" in runs for folder in state)


@pytest.mark.parametrize(
    ("name", "ports"), [("backend", {names.HTTP_PORT, names.GRPC_PORT}), ("demo", {names.METRICS_PORT})]
)
def test_an_image_names_the_ports_of_the_contract(name: str, ports: set[int]) -> None:
    """What is exposed is what its command listens on by default."""
    assert {int(port) for port in STAGES[name].said("EXPOSE")[-1].split()} == ports

"""The frontend can be installed anywhere, and its types are those of the API."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from support.plugin import FRONTEND

GENERATOR = "node_modules/openapi-typescript/bin/cli.js"


def _lock() -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    return packages


def test_the_types_are_those_of_the_document() -> None:
    """Generating the types from openapi.json once more changes nothing; `make openapi` writes both."""
    command = ["node", GENERATOR, "openapi.json", "--output", "src/api/types.gen.ts", "--check"]
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - the project's own Node

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_names_the_packages_of_every_platform() -> None:
    """Each optional package of each package has its entry, so that `npm ci` accepts the lock on every machine."""
    packages = _lock()
    missing = [
        f"{name}: {optional}"
        for name, package in packages.items()
        for optional in package.get("optionalDependencies", {})
        if not any(path.endswith(f"node_modules/{optional}") for path in packages)
    ]

    assert missing == []
    assert {f"node_modules/@swc/core-{name}" for name in ("linux-arm64-gnu", "darwin-arm64", "win32-x64-msvc")} <= set(
        packages
    )


def test_the_lock_names_no_host() -> None:
    """Packages come from whichever registry the machine uses, each held to its checksum."""
    packages = [package for name, package in _lock().items() if name and not package.get("link")]

    assert [package for package in packages if "resolved" in package] == []
    assert all("integrity" in package for package in packages)


def test_direct_dependencies_have_one_version_each() -> None:
    """What the frontend asks for is pinned, so that a build today is a build tomorrow."""
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    asked = package["dependencies"] | package["devDependencies"]

    assert {name: version for name, version in asked.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}

"""Which code runs: the commit, from what whoever deployed it said, and never a guess."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.runtime.manifest import manifest_of
from ai_runtime_intelligent.runtime.revision import revision_of
from hypothesis import given
from hypothesis import strategies as st

OWN, SEEN = env.REVISION.name, env.RESOURCE_ATTRIBUTES.name
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("environ", "commit"),
    [
        ({}, None),
        ({OWN: ""}, None),
        ({OWN: COMMIT}, COMMIT),
        ({OWN: f"  {COMMIT.upper()}\n"}, COMMIT),
        ({OWN: COMMIT[:7]}, COMMIT[:7]),
        ({OWN: COMMIT[:6]}, None),
        ({OWN: "f" * 64}, "f" * 64),
        ({OWN: "f" * 65}, None),
        ({OWN: "v1.2.3"}, None),
        ({OWN: "--upload-pack=evil"}, None),
        ({OWN: f"{COMMIT} main"}, None),
        ({SEEN: f"service.name=shop,vcs.ref.head.revision={COMMIT}"}, COMMIT),
        ({SEEN: f"service.name=shop, service.version = {COMMIT} "}, COMMIT),
        ({SEEN: f"service.version={quote(COMMIT)}"}, COMMIT),
        ({SEEN: "service.version=1.2.3"}, None),
        ({SEEN: f"service.version=aaaaaaa,vcs.ref.head.revision={COMMIT}"}, COMMIT),
        ({SEEN: f"service.version={COMMIT},vcs.ref.head.revision=main"}, COMMIT),
        ({OWN: "bbbbbbb", SEEN: f"vcs.ref.head.revision={COMMIT}"}, "bbbbbbb"),
        ({OWN: "release-7", SEEN: f"vcs.ref.head.revision={COMMIT}"}, COMMIT),
        ({SEEN: "nonsense,,=,service.version"}, None),
    ],
)
def test_the_commit_is_what_was_told_and_is_one(environ: dict[str, str], commit: str | None) -> None:
    """Its own variable first, then OpenTelemetry's; a version, a branch or an option is no commit."""
    assert revision_of(environ) == commit


@given(st.dictionaries(st.sampled_from([OWN, SEEN]), st.text(max_size=90)))
def test_whatever_is_told_it_is_a_commit_or_nothing(environ: dict[str, str]) -> None:
    """It goes into a command of git's later: hexadecimal letters alone, 7 to 64."""
    found = revision_of(environ)

    assert found is None or (7 <= len(found) <= 64 and set(found) <= set("0123456789abcdef"))


@given(st.text("0123456789abcdefABCDEF", min_size=7, max_size=64))
def test_every_commit_is_taken_in_either_variable(commit: str) -> None:
    """In small letters, as git writes them."""
    told = ({OWN: commit}, {SEEN: f"a=b,vcs.ref.head.revision={commit}"}, {SEEN: f"service.version={commit}"})

    assert {revision_of(one) for one in told} == {commit.lower()}


@pytest.mark.parametrize("told", [True, False])
def test_the_manifest_tells_the_commit_where_it_is_known(monkeypatch: pytest.MonkeyPatch, *, told: bool) -> None:
    """Another commit is another version of the manifest; nothing is told of one that nobody named."""
    monkeypatch.delenv(SEEN, raising=False)
    monkeypatch.delenv(OWN, raising=False)
    before = manifest_of("shop")
    if told:
        monkeypatch.setenv(OWN, COMMIT)
    after = manifest_of("shop")

    assert after.to_json().get("revision") == (COMMIT if told else None)
    assert (before.version == after.version) is not told

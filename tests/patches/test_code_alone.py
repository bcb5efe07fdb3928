"""Suggestions that only a patch answers: from calls in a row to a proved branch, and to the live verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.callers import FETCH, FILE, PAGE, SOURCE, UNSAFE, Calls, Pages, pages, serial
from support.commands import run, told
from support.errors import assert_canonical_error
from support.web import answering
from support.yard import snapshot

DIFF = """--- a/shop/pages.py
+++ b/shop/pages.py
@@ -12,7 +12,9 @@
 async def page(asked):
     \"\"\"Put a page together.\"\"\"
     # who asks
-    user = await fetch(f"user of {asked}")
-    cart = await fetch(f"cart of {asked}")  # what is in it
-    news = await fetch("news")
+    user, cart, news = await asyncio.gather(
+        fetch(f"user of {asked}"),
+        fetch(f"cart of {asked}"),  # what is in it
+        fetch("news"),
+    )
     return user, cart, news
"""


def test_calls_in_a_row_become_a_suggestion_with_a_patch_its_evidence_and_what_it_means(tmp_path: Path) -> None:
    """It is about the caller, has no value to set, says what happens on an error, and shows both functions."""
    with pages(tmp_path, serial()) as here:
        one = here.suggestion()

        assert (one["rule"], one["service"], one["primitive"]) == ("serial_calls", "shop", "page")
        assert (one["tunable"], one["target"], one["diff"]) == (None, "code of page", "")
        assert [one[name] for name in ("from_value", "to_value", "minimum", "maximum")] == [None] * 4
        assert one["patch"] == {"author": "rule serial_calls", "text": DIFF, "run": None}
        assert "page awaits 3.0 calls of fetch one after the other, 20 ms each" in one["claim"]
        assert "On an error the first to fail is raised, as before" in one["claim"]
        measured = {signal["measure"]: signal["value"] for signal in one["evidence"]["signals"]}
        assert measured["calls_per_caller"] == 3.0
        assert measured["share_of_caller"] == pytest.approx(0.95)
        assert [code["text"].split("(")[0] for code in one["evidence"]["code"]] == ["async def fetch", "async def page"]
        assert one["expected"]["measure"] == "seconds_mean"
        here.tick(10)
        assert len(here.client.get("/suggestions").get_json()["suggestions"]) == 1


def test_it_is_tried_beside_the_repository_and_becomes_a_branch_that_is_better(tmp_path: Path) -> None:
    """Check, the same outputs on recorded inputs, and a benchmark, all by the operator's commands."""
    with pages(tmp_path, serial()) as here:
        before = snapshot(here.repository)
        assert here.move("patch", here.suggestion()).status_code == 200
        here.work()
        patch = here.suggestion()["patch"]["run"]

        assert (patch["phase"], patch["bench"]["outcome"]) == ("branched", "confirmed"), patch["why"]
        assert [ran["name"] for ran in patch["ran"]] == ["check", "replay", "bench"]
        after = snapshot(here.repository)
        assert {name: after[name] for name in before} == before
        assert here.git("diff", "--name-only", "main", patch["branches"]["branch"]) == f"src/{FILE}"
        message = here.git("log", "-1", "--format=%B", patch["branches"]["branch"])
        assert message.startswith("Await the calls of fetch in page together instead of one after the other\n")


def test_after_the_merge_the_caller_is_what_the_live_verdict_is_about(tmp_path: Path) -> None:
    """The commit that the service tells starts it; the page's own seconds before and after are compared."""
    world = serial()
    with pages(tmp_path, world) as here:
        here.move("patch", here.suggestion())
        here.work()
        here.clock.at += 400
        began, slow = here.clock.at, {"seconds_mean": 0.064, "error_ratio": 0.0}
        world.measures = lambda at: {
            PAGE: slow | {"seconds_mean": 0.022} if at > began else slow, FETCH: {"seconds_mean": 0.02}
        }  # fmt: skip
        branch = here.suggestion()["patch"]["run"]["branches"]["branch"]
        here.git("merge", "-q", "--no-ff", "-m", "merged", branch)
        here.source = (here.repository / "src" / FILE).read_text()
        here.deployed(here.git("rev-parse", "HEAD"))
        phases = []
        for _ in range(13):
            here.work()
            phases.append(here.suggestion()["patch"]["run"]["phase"])
            here.clock.at += 20

        assert phases[0] == "watching"
        assert phases[-1] == "kept", here.suggestion()["patch"]["run"]["why"]
        verdict = here.suggestion()["patch"]["run"]["verdict"]
        assert (verdict["outcome"], verdict["goal"]["measure"]) == ("confirmed", "seconds_mean")
        assert verdict["goal"]["after"] < 0.5 * verdict["goal"]["before"]


@pytest.mark.parametrize("verb", ["apply", "approve", "rollback"])
def test_there_is_nothing_to_apply(tmp_path: Path, verb: str) -> None:
    """Apply names the command that tries the patch; nothing is queued, started or taken back."""
    with pages(tmp_path, serial()) as here:
        one = here.suggestion()
        error = assert_canonical_error(here.move(verb, one), 409, "conflict")

        assert verb != "apply" or f"try its patch (airuntime patch {one['id']})" in error["message"]
        assert here.suggestion()["status"] == "open"
        assert here.ledger.rollouts() == ()


def test_a_rule_that_goes_by_itself_leaves_patches_to_a_person(tmp_path: Path) -> None:
    """Whatever its level is."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("autonomy: {default: auto, earn: {tried: 1}}\n", encoding="utf-8")
    with pages(tmp_path, serial(), policy_file=policy) as here:
        here.tick(10)

        assert (here.suggestion()["status"], here.suggestion()["history"]) == ("open", [])


def test_it_is_dismissed_as_any_other_and_stays_away(tmp_path: Path) -> None:
    """Until its ground changes."""
    with pages(tmp_path, serial()) as here:
        one = here.move("dismiss", here.suggestion(), reason="they share a connection").get_json()
        here.tick(10)

        assert one["status"] == "dismissed"
        assert [each["id"] for each in here.client.get("/suggestions").get_json()["suggestions"]] == [one["id"]]


@pytest.mark.parametrize(
    ("source", "more", "why"),
    [
        (UNSAFE, {}, "or each needs what the one before it gave"),
        (SOURCE.replace("await asyncio.sleep(0.02)", "SEEN.append(name)"), {}, "it changes SEEN"),
        (SOURCE, {"source_roots": "elsewhere"}, "the source of fetch is not in the source folders"),
    ],
)
def test_where_no_patch_is_safe_the_finding_says_why(
    tmp_path: Path, source: str, more: dict[str, str], why: str
) -> None:
    """It stays a finding with what to do."""
    (tmp_path / "elsewhere").mkdir()
    given = {name: str(tmp_path / value) for name, value in more.items()}
    with pages(tmp_path, serial(), source, **given) as here:
        (remedy,) = here.remedies()

        assert here.client.get("/suggestions").get_json()["suggestions"] == []
        assert remedy.startswith("Its 3.0 calls a time take 95% of their caller's time")
        assert "No patch is made of it: " in remedy
        assert why in remedy


def test_a_loop_of_many_calls_is_bounded(tmp_path: Path) -> None:
    """N+1 calls: as many at once as nothing else says."""
    source = SOURCE.replace("async def page(asked):", "async def page(asked: list[str]):")
    start, end = source.index("    # who asks"), source.rindex("    return")
    loop = "    user = []\n    for name in asked:\n        user.append(await fetch(name))\n"
    source = source[:start] + loop + source[end:].replace("user, cart, news", "user")
    with pages(tmp_path, serial(20.0), source) as here:
        one = here.suggestion()

        assert (one["rule"], one["tunable"]) == ("n_plus_one", None)
        assert "+    at_once = asyncio.Semaphore(8)" in one["patch"]["text"]
        assert "+    user.extend(await asyncio.gather(*(one_fetch(name) for name in asked)))" in one["patch"]["text"]
        assert "at most 8 calls run at once for one call of page" in one["claim"]


def test_calls_that_run_side_by_side_already_get_no_suggestion(tmp_path: Path) -> None:
    """They take more time than their caller."""
    numbers = {PAGE: {"seconds_mean": 0.025, "error_ratio": 0.0}, FETCH: {"seconds_mean": 0.02}}
    with pages(tmp_path, Calls(measures=lambda _: numbers, obeyed={}, times={FETCH: 3.0})) as here:
        assert here.client.get("/suggestions").get_json()["suggestions"] == []


def shown(here: Pages, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """What the commands print of the one suggestion: in the list, in full, and its patch."""
    with answering(here.app) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        (one,) = told("suggestions", "list")
        return tuple(  # type: ignore[return-value] # three of them
            run(*words).stdout
            for words in (("suggestions", "list"), ("suggestions", "show", one["id"]), ("patch", "show", one["id"]))
        )


def test_the_commands_show_it_without_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to try it."""
    with pages(tmp_path, serial()) as here:
        listed, full, patch = shown(here, monkeypatch)
        one = here.suggestion()

        assert "code of page: by its patch alone, risk medium" in listed
        assert "+    user, cart, news = await asyncio.gather(" in full
        assert patch.splitlines()[-1] == f"Try it: airuntime patch {one['id']}"


def test_the_dashboards_show_it_without_a_value(tmp_path: Path) -> None:
    """The table of suggestions names the code; from and to are empty."""
    query = {"queries": [{"refId": "A", "type": "suggestions"}], "range": {"from": 0, "to": 20_000_000}}
    with pages(tmp_path, serial()) as here:
        frame = here.client.post("/api/query", json=query).get_json()["results"]["A"]["frames"][0]
        names = [field["name"] for field in frame["schema"]["fields"]]
        row = dict(zip(names, (values[0] for values in frame["data"]["values"]), strict=True))

        assert (row["primitive"], row["tunable"], row["from"], row["to"]) == ("page", "code of page", None, None)

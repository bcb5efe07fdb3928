"""A person sees a waste in the dashboards, applies the suggestion, and sees what came of it.

The tests of this file are one journey, in this order.
"""

from __future__ import annotations

import re
import time

import pytest
from ai_runtime_intelligent.contract.names import DASHBOARD_UIDS
from airuntime_demo.client import Client
from airuntime_demo.service import SERVICE
from airuntime_demo.stack import Stack
from playwright.sync_api import Locator, expect
from support.axe import grave
from support.browser import Preview
from support.plugin import FRONTEND

pytestmark = pytest.mark.browser

CODE = DASHBOARD_UIDS["code"]
TITLE = "Keep entries of answer_cache for"
PICTURES = FRONTEND.parent / ".demo" / "journey"
"""A picture of each step is left here, so that one can look at what the tests saw."""


def picture(preview: Preview, name: str) -> None:
    """Leave a picture of the whole page under the step's name."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    preview.picture(PICTURES / f"{name}.png")
    assert (PICTURES / f"{name}.png").stat().st_size > 10_000


def suggestion_page(preview: Preview) -> Locator:
    """Open the page of the suggestion that counts, by way of the list."""
    preview.open("/suggestions")
    current(preview.page.locator("main")).get_by_role("link", name=TITLE).click()
    return preview.page.locator("main")


def current(within: Locator) -> Locator:
    """The row of the suggestion that counts: what a better one took the place of is listed too."""
    return within.get_by_role("row").filter(has_text=TITLE, has_not_text="expired")


def apply(preview: Preview, row: Locator) -> None:
    """Apply what the row suggests, and the better one where it took the place of the first in this very moment."""
    answer = preview.page.get_by_text(re.compile(r"^Apply: (not )?done$")).last
    for _ in range(3):
        row.get_by_role("button", name="Apply").click()
        preview.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        expect(answer).to_be_visible(timeout=15_000)
        if answer.inner_text() == "Apply: done":
            return
        expect(preview.page.get_by_text(re.compile("suggestion_.* is expired"))).to_be_visible()
        preview.dashboard(CODE)
    raise AssertionError("three times a better suggestion took the place of the one that was applied")


def wait(what: str, holds: object, seconds: float) -> None:
    """Ask until it holds. Raises AssertionError that names what was waited for."""
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.5)


def test_the_first_page_lists_the_dashboards(preview: Preview) -> None:
    """Three dashboards and the suggestions, each a link."""
    preview.open("/")

    for title in ("AI Runtime Intelligence", "Code Performance", "Self-Optimization Timeline", "Suggestions"):
        expect(preview.page.get_by_role("link", name=title)).to_be_visible()


def test_the_waste_is_seen_and_applied_after_a_question(preview: Preview, stack: Stack) -> None:
    """The suggestion's row has a button that asks before it acts; a refusal changes nothing."""
    with Client(stack.urls.api, stack.tokens.viewer) as client:
        wait("a suggestion", lambda: client.open_suggestions(SERVICE), 60)
    preview.dashboard(CODE)
    picture(preview, "1-the-waste")
    row = current(preview.panel("Suggestions"))
    row.get_by_role("link", name=TITLE).click()
    expect(preview.page.locator('[data-testid="series"] figure').first).to_be_visible(timeout=20_000)
    picture(preview, "2-its-evidence")

    preview.dashboard(CODE)
    row.get_by_role("button", name="Apply").click()
    picture(preview, "3-the-question")
    question = preview.page.get_by_role("dialog")
    expect(question).to_contain_text("answer_cache.ttl_seconds")
    question.get_by_role("button", name="Cancel").click()
    expect(row).to_contain_text("open")

    apply(preview, row)

    expect(row).to_have_count(0, timeout=15_000)


def test_only_what_waits_has_a_button(preview: Preview) -> None:
    """What was applied is in a table of its own, without the button that would be refused."""
    preview.dashboard(CODE)
    panel = preview.panel("Applied suggestions")

    expect(current(panel)).to_contain_text("applied", timeout=15_000)
    expect(panel.get_by_role("button", name="Apply")).to_have_count(0)


def test_the_change_is_watched_until_it_is_kept(preview: Preview) -> None:
    """The page of the suggestion follows by itself: the steps, both arms, and at last what was measured."""
    main = suggestion_page(preview)

    expect(main.get_by_test_id("arms")).to_be_visible(timeout=60_000)
    picture(preview, "4-it-is-watched")
    expect(main.get_by_test_id("steps")).to_contain_text("Kept (done)", timeout=90_000)
    expect(main).to_contain_text("Effect: expected and measured")
    expect(main).to_contain_text("1 of 1 obey what holds now", timeout=30_000)
    picture(preview, "5-it-is-kept")


def test_the_saving_stands_on_the_timeline_and_in_the_books(preview: Preview) -> None:
    """What was kept is a row of the timeline's table and of the ledger, with an interval."""
    preview.dashboard(DASHBOARD_UIDS["timeline"])
    expect(preview.page.get_by_text("answer_cache.ttl_seconds").first).to_be_visible(timeout=20_000)
    picture(preview, "6-the-saving-on-the-timeline")
    preview.open("/ledger")

    expect(preview.page.get_by_test_id("totals")).to_be_visible(timeout=20_000)
    row = preview.page.get_by_role("row").filter(has_text="answer_cache.ttl_seconds")
    expect(row).to_contain_text("Kept", timeout=60_000)
    picture(preview, "7-the-saving-in-the-books")


def test_the_effect_is_seen(preview: Preview) -> None:
    """Control and candidate are shown with the verdict, and the hit rate has risen."""
    preview.dashboard(CODE)
    preview.whole()

    effect = preview.panel("Before and after").get_by_role("row").filter(has_text="cache_hit_ratio")
    expect(effect).to_contain_text("confirmed", timeout=90_000)


NOTHING_WAITS = re.compile("Nothing waits|about the code alone")


@pytest.mark.parametrize("name", sorted(DASHBOARD_UIDS))
def test_no_panel_is_empty_or_failed(preview: Preview, name: str) -> None:
    """Every panel of every dashboard shows something, and the browser complains of nothing.

    Only the tables of what waits for a decision may say that nothing does.
    """
    preview.dashboard(DASHBOARD_UIDS[name])
    preview.whole()

    expect(preview.panels("empty").filter(has_not_text=NOTHING_WAITS)).to_have_count(0, timeout=30_000)
    expect(preview.panels("error")).to_have_count(0)
    expect(preview.page.locator("[data-fault]")).to_have_count(0)
    assert preview.panels("done").count() >= 10
    assert preview.complaints == []


@pytest.mark.parametrize(
    ("place", "theme"),
    [
        *(
            (place, theme)
            for place in ("/", "/suggestions", "/ledger", "/health", "/configuration", "suggestion", *DASHBOARD_UIDS)
            for theme in ("dark", "light")
        ),
    ],
)
def test_axe_finds_nothing_serious(preview: Preview, place: str, theme: str) -> None:
    """Every page can be read with little contrast, and by a screen reader; the light theme is the harder one."""
    if place in DASHBOARD_UIDS:
        preview.dashboard(DASHBOARD_UIDS[place], theme=theme)
    elif place == "suggestion":
        address = suggestion_page(preview).page.url.partition("#")[2]
        preview.open(address, theme=theme)
        expect(preview.page.get_by_text("History")).to_be_visible(timeout=15_000)
    else:
        preview.open(place, theme=theme)
        expect(preview.page.locator("main")).to_be_visible()
        expect(preview.page.get_by_text("Loading")).to_have_count(0, timeout=15_000)
    if place == "/configuration":
        preview.page.get_by_role("button", name="Test connection").click()
        expect(preview.page.get_by_test_id("dependencies")).to_contain_text("Prometheus", timeout=15_000)
    preview.whole()

    assert grave(preview.page) == []


def test_the_suggestion_page_tells_all_and_takes_the_change_back(preview: Preview) -> None:
    """Evidence, source lines, documentation, verdict and history; rolling back is one click and a reason away."""
    main = suggestion_page(preview)

    for told in ("assistant.py", "TTLCache", "Confirmed", "airuntime_cache_evictions_total", "Planned"):
        expect(main).to_contain_text(told, timeout=15_000)
    preview.page.get_by_role("button", name="Roll back").click()
    dialog = preview.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Roll back").click()

    expect(main).to_contain_text("Rolled back", timeout=15_000)


def test_a_panel_says_what_is_wrong_with_it(preview: Preview) -> None:
    """A query that the backend refuses is told in the panel that asked, and the others go on."""
    preview.page.route("**/api/query", lambda route: route.fulfill(status=500, body="no"))
    preview.open(f"/d/{DASHBOARD_UIDS['runtime']}")

    expect(preview.panels("error").first).to_contain_text("The backend answered 500", timeout=20_000)
    preview.page.unroute("**/api/query")

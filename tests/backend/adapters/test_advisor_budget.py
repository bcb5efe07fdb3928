"""The model's budget: USD of a day, kept over restarts, shared by threads, and never asked for what is known."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from airuntime_backend.adapters.advisor_llm.errors import NoAnswerError, Tokens
from airuntime_backend.adapters.advisor_llm.model import Model
from airuntime_backend.adapters.advisor_llm.purse import Purse
from airuntime_backend.adapters.ledger import SqlCalls
from airuntime_backend.adapters.ledger.engine import connect
from airuntime_demo.scripted_llm import Scripted
from support.advice import GOOD, MODEL, Desk, desk
from support.world import Clock

DAY = 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Desk]:
    """Two suggestions, and a model that answers the first of them well."""
    with desk(tmp_path) as one:
        yield one


def test_what_a_call_used_is_paid_and_no_more(shop: Desk) -> None:
    """A thousand tokens in and a hundred out, at the price of the model."""
    shop.said.append(Scripted(arguments=GOOD.arguments, usage=(1_000, 100)))
    (worded,), missing = shop.editor().edit([shop.offer()])

    assert (worded.wording is not None, missing) == (True, ())
    assert shop.calls.spent(0.0) == pytest.approx(1_000 * 0.15e-6 + 100 * 0.6e-6)


def test_over_the_budget_nobody_is_asked(shop: Desk) -> None:
    """The rule's own words stand, with what is left and what a call may cost."""
    (left,), (told,) = shop.editor(usd_per_day=0.000_1).edit([shop.offer()])

    assert left == shop.offer().suggestion
    assert "0.0001 of 0.0001 USD are left today, and a call may cost 0.00" in told
    assert shop.model.asked == []


def test_a_restart_forgets_nothing_of_the_day(shop: Desk) -> None:
    """What another process spent is spent; the next day begins anew."""
    shop.said.append(Scripted(arguments="{}", usage=(3_000_000, 0)))
    shop.editor().edit([shop.offer()])
    shop.said.append(Scripted(arguments=GOOD.arguments))
    later = shop.editor(usd_per_day=0.4)

    assert later.ready() == "openai:gpt-4o-mini, 0.4500 of 0.4 USD spent today"
    assert "0.0000 of 0.4 USD are left today" in later.edit([shop.offer("stage")])[1][0]

    shop.clock.at += DAY + 1

    assert later.ready() == "openai:gpt-4o-mini, 0.0000 of 0.4 USD spent today"
    assert later.edit([shop.offer()])[1] == ()


def test_a_call_that_never_ended_counts_as_set_aside(shop: Desk) -> None:
    """A process that was killed while it waited may have been billed."""
    number = shop.calls.begin("k", str(MODEL), shop.clock.at, 0.3, since=0.0, limit=1.0)

    assert number is not None
    assert shop.editor().asker.purse.spent() == pytest.approx(0.3)


def test_threads_share_what_is_left(tmp_path: Path) -> None:
    """Twelve at the same moment, for each of which there would be enough alone: five are let through, and no more."""
    engine = connect(f"sqlite:///{tmp_path}/calls.db")
    together = Barrier(12)
    each = MODEL.usd(Tokens(100, 300)) or 0.0

    def ask(number: int) -> bool:
        purse = Purse(SqlCalls(engine), Clock(), MODEL, 5.5 * each)
        together.wait()
        try:
            purse.set_aside(f"k{number}", 300, 300)
        except NoAnswerError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        let_through = sum(pool.map(ask, range(12)))
    spent = SqlCalls(engine).spent(0.0)
    engine.dispose()

    assert let_through == 5
    assert spent == pytest.approx(5 * each)


def test_the_same_state_of_things_is_asked_once(shop: Desk) -> None:
    """After a restart too: the answer is kept by what was shown, and judged again."""
    first, second = (shop.editor().edit([shop.offer()])[0][0] for _ in range(2))

    assert first.wording == second.wording
    assert first.wording is not None
    assert len(shop.model.asked) == 1


def test_what_was_refused_is_not_asked_for_again_that_day(shop: Desk) -> None:
    """A model that answers badly is not paid for the same bad answer every minute."""
    shop.said.append(Scripted(arguments="{}"))
    told = [shop.editor().edit([shop.offer()])[1][0] for _ in range(2)]
    shop.said.append(GOOD)
    shop.clock.at += DAY + 1

    assert told[0] == told[1]
    assert "its answer is refused: not of the form that was asked" in told[0]
    assert len(shop.model.asked) == 1
    assert shop.editor().edit([shop.offer()])[1] == ()


def test_a_model_without_a_price_is_not_asked_unless_that_is_allowed(shop: Desk) -> None:
    """Nobody could say what is left of the budget."""
    own = Model("ollama", "our-own-model")
    (told,) = shop.editor(model=own).edit([shop.offer()])[1]
    allowed = Purse(shop.calls, shop.clock, own, 1.0, unpriced=True)

    assert "no price of it is known: AIRUNTIME_LLM_UNPRICED=1 asks it all the same" in told
    assert shop.model.asked == []
    assert allowed.set_aside("k", 300, 300) > 0
    assert allowed.spent() == 0.0

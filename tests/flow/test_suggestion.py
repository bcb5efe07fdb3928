"""Evidence, suggestions and changes: what may be claimed, and what may be changed."""

from dataclasses import replace

import pytest
from ai_runtime_intelligent.flow.change import ChangeError, Current, Setting, plan
from ai_runtime_intelligent.flow.evidence import MAX_TEXT, CodeSnippet, DocSnippet, EvidenceError, gather
from ai_runtime_intelligent.flow.ranking import rank
from ai_runtime_intelligent.flow.suggestion import SuggestionError, Wording, propose, worded
from support.flow import advice, cold, diagnosis, evidence, suggestion, tunable


def test_evidence_without_signals_is_refused() -> None:
    """A finding must stand on numbers."""
    finding = replace(diagnosis(*cold()).findings[0], signals=())

    with pytest.raises(EvidenceError, match="no signals"):
        gather(finding)


@pytest.mark.parametrize("doc", [DocSnippet("", "1", "", "t", "x"), DocSnippet("s", "", "", "t", "x")])
def test_documentation_without_a_source_is_refused(doc: DocSnippet) -> None:
    """Text from nowhere is no evidence."""
    with pytest.raises(EvidenceError, match="source or id"):
        gather(diagnosis(*cold()).findings[0], docs=[doc])


def test_source_lines_without_a_file_are_refused() -> None:
    """Code from nowhere is no evidence either."""
    with pytest.raises(EvidenceError, match="no file"):
        gather(diagnosis(*cold()).findings[0], code=[CodeSnippet("", 1, 1, "x")])


def test_fetched_text_is_capped() -> None:
    """A page that never ends does not travel."""
    doc = DocSnippet("s", "1", "", "t" * 500, "x" * (MAX_TEXT + 1))

    (kept,) = gather(diagnosis(*cold()).findings[0], docs=[doc]).docs

    assert (len(kept.title), len(kept.text)) == (200, MAX_TEXT)


def test_a_suggestion_starts_from_the_value_that_is_obeyed() -> None:
    """From and to are told before anything is done."""
    proposed = suggestion()

    assert (proposed.from_value, proposed.to_value) == (2.0, 60.0)
    assert proposed.evidence == evidence()


@pytest.mark.parametrize("to", [0.5, 86_401.0, float("nan"), float("inf")])
def test_a_value_outside_its_bounds_is_refused(to: float) -> None:
    """No advice widens what its owner declared."""
    with pytest.raises(SuggestionError, match=r"answers\.ttl_seconds"):
        propose(evidence(), advice(to), at=0.0)


def test_an_integer_tunable_takes_whole_numbers_only() -> None:
    """Half a slot is no slot."""
    with pytest.raises(SuggestionError, match="finite int"):
        replace(tunable(), type="int").check(2.5)


def test_a_change_to_the_same_value_is_refused() -> None:
    """To change nothing is no suggestion."""
    with pytest.raises(SuggestionError, match="already"):
        propose(evidence(), advice(2.0), at=0.0)


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.8), (0.2, 0.2), (0.8, 0.5), (float("nan"), 0.5)])
def test_a_claim_that_nothing_could_refute_is_refused(low: float, high: float) -> None:
    """The interval must lie on the better side of the present."""
    with pytest.raises(SuggestionError):
        propose(evidence(), advice(low=low, high=high), at=0.0)


@pytest.mark.parametrize("setting", [None, 2.0])
def test_the_inverse_restores_the_config_exactly_as_it_was(setting: float | None) -> None:
    """Where no setting was, none will be; where one was, it comes back."""
    before = Setting("shop", "answers.ttl_seconds", setting)

    change = plan(suggestion(), Current(2.0, before), "ann", at=1.0)

    assert change.inverse == before
    assert change.forward == Setting("shop", "answers.ttl_seconds", 60.0)
    assert (change.before, change.after, change.asked_by) == (2.0, 60.0, "ann")


def test_a_change_from_another_value_than_the_target_reports_is_refused() -> None:
    """The ground has moved: the suggestion no longer holds."""
    with pytest.raises(ChangeError, match="is 5 now"):
        plan(suggestion(), Current(5.0, Setting("shop", "answers.ttl_seconds", 5.0)), "ann", at=1.0)


def words(**more: object) -> Wording:
    """What a model may add."""
    given: dict[str, object] = {"author": "a model", "cites": ("signal_1",), "of_rule": "The rule's claim."}
    return Wording(**(given | more))  # type: ignore[arg-type] # tests give what is wrong on purpose


def test_other_words_change_no_number() -> None:
    """Title and claim are another's; value, claim in numbers, guardrails, risk and evidence stay the rule's."""
    before = suggestion()

    after = worded(before, "Keep answers longer", "They expire before they are asked for again.", words())

    assert (after.title, after.claim) == ("Keep answers longer", "They expire before they are asked for again.")
    assert replace(after, title=before.title, claim=before.claim, wording=None) == before


@pytest.mark.parametrize(
    ("title", "claim", "wording", "reason"),
    [
        ("", "c", words(), "1 to 120"),
        ("t" * 121, "c", words(), "1 to 120"),
        ("t", " ", words(), "1 to 700"),
        ("t", "c" * 701, words(), "1 to 700"),
        ("t", "c", words(cites=()), "cite no evidence"),
        ("t", "c", words(weight=1.01), "outside 0.5"),
        ("t", "c", words(weight=float("nan")), "outside 0.5"),
    ],
)
def test_words_without_measure_are_refused(title: str, claim: str, wording: Wording, reason: str) -> None:
    """Empty, overlong or unfounded words are not taken, and no weight lifts a suggestion."""
    with pytest.raises(SuggestionError, match=reason):
        worded(suggestion(), title, claim, wording)


def test_a_weight_moves_a_suggestion_further_down() -> None:
    """Half the weight is half the rank."""
    before = suggestion()

    after = worded(before, "t", "c", words(weight=0.5))

    assert rank(after, 0.8) == pytest.approx(rank(before, 0.8) / 2)

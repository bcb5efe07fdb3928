"""What a model call records beyond an execution: tokens, duration by model, cost and baseline cost."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ai_runtime_intelligent.contract import metrics, names
from ai_runtime_intelligent.contract.kinds import Status
from ai_runtime_intelligent.primitives.definition import Definition
from ai_runtime_intelligent.primitives.frame import Frame, frames_here
from ai_runtime_intelligent.primitives.llm import Answer, answer_of
from ai_runtime_intelligent.primitives.repeats import Repeats, question_of
from ai_runtime_intelligent.primitives.route import Route, current_route
from ai_runtime_intelligent.primitives.streams import Watch, watch_of
from ai_runtime_intelligent.primitives.usage import TokenUsage
from ai_runtime_intelligent.quiet import quiet
from ai_runtime_intelligent.runtime.environment import captures_content

from .bound import Bound
from .current import Span

if TYPE_CHECKING:
    from .recorder import Recorder


class Payer(NamedTuple):
    """For whom a model is called: the router's route, and the executions that wait for its answer."""

    route: Route
    frames: list[Frame]


class LlmBound(Bound):
    """Label sets of one primitive that calls a model."""

    def __init__(self, recorder: Recorder, definition: Definition) -> None:
        super().__init__(recorder, definition)
        # Imported here, not on the first call: the price table takes a while to load.
        from ai_runtime_intelligent.primitives import pricing  # noqa: PLC0415

        pricing.load()
        self._pricing = pricing
        self._prices = pricing.Prices(recorder.prices)
        if captures_content():
            from ai_runtime_intelligent.primitives import content  # noqa: PLC0415 - loaded where it is asked for

            self._content, self.piece = content, content.piece
        self._repeats = Repeats()
        self._operation = "chat"  # until an answer shows which one it is: a failed call has none

    def asked(self, span: Span | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int | None:
        """Count whether it was answered before, and record it on the span where that was asked for."""
        if self.piece is not None and span is not None and span.kept is not None:
            _tag(span, names.INPUT_MESSAGES, self._content.asked(args, kwargs))
        question = question_of(args, kwargs)
        if question is not None:
            self.count(metrics.REPEATED, (), float(self._repeats.knows(question)))
        return question

    def settled(self, question: int) -> None:
        """Remember that it was answered."""
        self._repeats.answered(question)

    @quiet
    def answered(self, span: Span, result: Any) -> None:
        """Record what was answered on the span. A stream that is handed out is read when its span is over: not it."""
        if span.kept is not None and watch_of(result) is None:
            _tag(span, names.OUTPUT_MESSAGES, self._content.answered(result))

    def observed(self, status: Status, error: BaseException | None, seconds: float, result: Any) -> None:
        """Record tokens and cost of a call that answered, and the duration of every call.

        A call whose answer is a stream lasts, and is recorded, until its stream is over. An :class:`Answer` as
        ``result`` is what was read of one already, also where it was left early or failed.
        """
        payer = Payer(current_route.get(), frames_here())
        watch = watch_of(result) if status == "ok" else None
        if watch is None:
            answer = answer_of(result) if status == "ok" or isinstance(result, Answer) else Answer()
            self._record(answer, None if isinstance(error, GeneratorExit) else error, seconds, payer)
            return
        began = perf_counter() - seconds
        watch.follow(lambda answer, failure: self._over(watch, answer, failure, began, payer))

    def _over(self, watch: Watch, answer: Answer, error: BaseException | None, began: float, payer: Payer) -> None:
        self._record(answer, error, perf_counter() - began, payer)
        if watch.first is not None:
            self.observe(metrics.FIRST_ITEM, watch.first - began)
            self.count(metrics.ITEMS, (), watch.items)

    def _record(self, answer: Answer, error: BaseException | None, seconds: float, payer: Payer) -> None:
        model = self.definition.model or answer.model or "unknown"
        hint = None
        if answer.shape is not None:
            self._operation, hint = answer.shape.operation, answer.shape.provider
        shared = (self._operation, self._pricing.provider_of(model, hint), model)
        duration = (*shared, type(error).__name__ if error else "")
        self._recorder.child(metrics.OPERATION_DURATION, duration).observe(seconds)
        if answer.usage is not None:
            self._tokens((*shared, answer.model or model), answer.usage)
        if answer.usage is not None or error is None:
            self._cost(model, answer, hint, payer)

    def _tokens(self, shared: tuple[str, ...], usage: TokenUsage) -> None:
        self._recorder.child(metrics.TOKEN_USAGE, (*shared, "input")).observe(usage.input)
        if usage.output or shared[0] != "embeddings":
            self._recorder.child(metrics.TOKEN_USAGE, (*shared, "output")).observe(usage.output)

    def _cost(self, model: str, answer: Answer, hint: str | None, payer: Payer) -> None:
        cost = self._price(model, answer, hint)
        if cost is None or answer.usage is None:
            self.count(metrics.UNPRICED, (model,))
            return
        for frame in payer.frames:
            frame.spend(cost)
        route = payer.route
        labels = (model, route.route, route.router)
        self.count(metrics.COST, labels, cost)
        self.count(metrics.BASELINE_COST, labels, self._baseline(route, answer.usage, cost))

    def _price(self, model: str, answer: Answer, hint: str | None) -> float | None:
        """The price of the model that answered, else of the one that was asked for."""
        if answer.usage is None:
            return None
        price = self._prices.usd(answer.model or model, answer.usage, hint)
        return self._prices.usd(model, answer.usage, hint) if price is None else price

    def _baseline(self, route: Route, usage: TokenUsage, cost: float) -> float:
        """What the default route would have cost; the cost itself where that is not known: no saving is claimed."""
        if route.baseline_model is None:
            return cost
        baseline = self._prices.usd(route.baseline_model, usage)
        return cost if baseline is None else baseline


def _tag(span: Span, name: str, messages: str | None) -> None:
    if messages is not None:
        span.tag(name, messages)

"""What a model call records beyond an execution: tokens, duration by model, cost and baseline cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import Status
from ai_runtime_intelligent.primitives.definition import Definition
from ai_runtime_intelligent.primitives.llm import TokenUsage, model_of, usage_of
from ai_runtime_intelligent.primitives.route import Route, current_route

from .bound import Bound

if TYPE_CHECKING:
    from .recorder import Recorder

_OPERATION = "chat"


class LlmBound(Bound):
    """Label sets of one primitive that calls a model."""

    def __init__(self, recorder: Recorder, definition: Definition) -> None:
        super().__init__(recorder, definition)
        # Imported here, not on the first call: the price table takes a second to load.
        from ai_runtime_intelligent.primitives import pricing  # noqa: PLC0415

        pricing.load()
        self._pricing = pricing

    def observed(self, status: Status, error: BaseException | None, seconds: float, result: Any) -> None:
        """Record tokens and cost of a call that answered, and the duration of every call."""
        answered = model_of(result)
        model = self.definition.model or answered or "unknown"
        self._operation(model, seconds, error)
        if status != "ok":
            return
        usage = usage_of(result)
        if usage is not None:
            self._tokens(model, answered or model, usage)
        self._cost(model, answered or model, usage)

    def _operation(self, model: str, seconds: float, error: BaseException | None) -> None:
        labels = (_OPERATION, self._pricing.provider_of(model), model, type(error).__name__ if error else "")
        self._recorder.child(metrics.OPERATION_DURATION, labels).observe(seconds)

    def _tokens(self, model: str, answered: str, usage: TokenUsage) -> None:
        shared = (_OPERATION, self._pricing.provider_of(model), model, answered)
        self._recorder.child(metrics.TOKEN_USAGE, (*shared, "input")).observe(usage.input)
        self._recorder.child(metrics.TOKEN_USAGE, (*shared, "output")).observe(usage.output)

    def _cost(self, model: str, answered: str, usage: TokenUsage | None) -> None:
        cost = None if usage is None else self._price(answered, model, usage)
        if cost is None or usage is None:
            self.count(metrics.UNPRICED, (model,))
            return
        route = current_route.get()
        labels = (model, route.route, route.router)
        self.count(metrics.COST, labels, cost)
        self.count(metrics.BASELINE_COST, labels, self._baseline(route, usage, cost))

    def _price(self, answered: str, model: str, usage: TokenUsage) -> float | None:
        price = self._pricing.price_usd(answered, usage)
        return self._pricing.price_usd(model, usage) if price is None else price

    def _baseline(self, route: Route, usage: TokenUsage, cost: float) -> float:
        """What the default route would have cost; the cost itself where that is not known: no saving is claimed."""
        if route.baseline_model is None:
            return cost
        baseline = self._pricing.price_usd(route.baseline_model, usage)
        return cost if baseline is None else baseline

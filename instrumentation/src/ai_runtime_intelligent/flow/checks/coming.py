"""What will break its limit if it goes on as it does."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.forecast import Forecast
from ai_runtime_intelligent.flow.identity import identify
from ai_runtime_intelligent.flow.signal import Signal, Window

_SURE: Final = 0.97
"""A breach is only told where the move is surer than twice the usual past error."""


def coming(forecast: Forecast) -> Finding | None:
    """The finding of a breach ahead; None when there is none. The sooner, the higher it scores."""
    if forecast.breach_seconds is None:
        return None
    subject, measure, now = forecast.subject, forecast.measure, forecast.now
    window = Window(forecast.since, forecast.since)
    signal = Signal(subject, measure, forecast.unit, "measured", now, forecast.trials, window, forecast.query)
    score = 1 - forecast.breach_seconds / (forecast.breach_seconds + forecast.at - forecast.since)
    key = identify("finding", subject, "coming_breach", signal.id)
    told = f"{forecast.told} (its forecasts have been {forecast.error:.2g} off)"
    return Finding(key, subject, "coming_breach", score, _SURE, told, (signal,))

"""One replica of the tortured service: instrumented calls under traffic, until it is killed.

``python -m torture.live.replica NAME FOLDER``, with the product's own settings in the environment.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from pathlib import Path

from .clocks import follow
from .counts import Counts
from .shop import FAILING, HARMFUL, HIGHEST, KNOBS, LOWEST, OLD, QUALITY, SERVICE, VALUES, Knob

_PAUSE = 0.008


def serve(knob: Knob, counts: Counts) -> None:
    """Call one primitive again and again."""
    from ai_runtime_intelligent import instrument, rate_quality  # noqa: PLC0415 - by then the clock is ours
    from ai_runtime_intelligent.runtime.tunables import TUNABLES, TunableSpec  # noqa: PLC0415

    size = TUNABLES.declare(
        TunableSpec(
            knob.tunable, knob.primitive, "function", "float", OLD, LOWEST, HIGHEST, "1", "Its size.", scope=knob.scope
        )
    )

    @instrument(name=knob.primitive)
    def call() -> None:
        value = size.get()
        counts.add(value)
        time.sleep(0.002)
        if value == HARMFUL and random.random() < FAILING:
            raise RuntimeError("too large")
        rate_quality(random.gauss(QUALITY[value], 0.03))

    while True:
        try:
            call()
        except RuntimeError:
            time.sleep(_PAUSE)
        time.sleep(_PAUSE)


def main() -> None:
    """Run until somebody ends it."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    follow(folder / f"{name}.clock")
    from ai_runtime_intelligent import IntelligentRuntime  # noqa: PLC0415 - by then the clock is ours

    with IntelligentRuntime(service_name=SERVICE):
        for knob in KNOBS:
            counts = Counts(folder / f"{name}.{knob.primitive}.counts", VALUES)
            threading.Thread(target=serve, args=(knob, counts), daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    main()

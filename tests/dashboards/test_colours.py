"""Lines can be told apart by people who see fewer colours.

The three kinds of full colour blindness are simulated as Machado, Oliveira and Fernandes (2009) do, in linear light;
distances are those of CIE L*a*b*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest
from ai_runtime_intelligent.contract import colours

LEAST = 12.0
"""About five times the smallest difference that anybody sees side by side."""
SIGHT = {
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)

Matrix = Sequence[Sequence[float]]


def times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    """A matrix times a vector."""
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def linear(colour: str) -> list[float]:
    """Red, green and blue in linear light."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(rgb: Sequence[float]) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour in linear light."""
    x, y, z = (
        ratio ** (1 / 3) if ratio > 0.008856 else 7.787 * ratio + 16 / 116
        for ratio in (value / white for value, white in zip(times(_XYZ, rgb), _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, two: str, sight: Matrix) -> float:
    """How different two colours look to that sight."""
    seen = [lab([min(1.0, max(0.0, part)) for part in times(sight, linear(colour))]) for colour in (one, two)]
    return math.dist(*seen)


@pytest.mark.parametrize("sight", SIGHT)
def test_lines_of_one_panel_can_be_told_apart(sight: str) -> None:
    """Each two colours of the palette differ, whoever looks; beyond the palette lines differ in their dashes."""
    pairs = {(one, two): distance(one, two, SIGHT[sight]) for one, two in combinations(colours.LINES, 2)}

    assert {pair: round(value) for pair, value in pairs.items() if value < LEAST} == {}


def test_neighbours_differ_much() -> None:
    """Lines that follow each other in the legend are far apart to every sight."""
    near = [distance(one, two, sight) for one, two in pairwise(colours.LINES) for sight in SIGHT.values()]

    assert min(near) > LEAST

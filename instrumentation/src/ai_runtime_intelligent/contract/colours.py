"""The colours of lines: Okabe and Ito's palette, which survives colour blindness (Okabe and Ito, 2008)."""

from __future__ import annotations

from typing import Final

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
ORANGE: Final = "#E69F00"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#8E8E8E"

LINES: Final = (SKY, ORANGE, GREEN, PURPLE, VERMILLION, BLUE)
"""In the order in which lines take them; more lines take them again, dashed: yellow is too faint on
white, and without green light grey looks as green and purple do."""

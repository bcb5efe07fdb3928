"""The price table by which USD are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import distribution, version
from pathlib import Path

from ai_runtime_intelligent.flow.saving import Prices


class GenaiPrices:
    """Prices of the installed ``genai-prices`` package; its date is the one on which its data file was installed."""

    def prices(self) -> Prices:
        """The price table in use and its date."""
        record = Path(str(distribution("genai-prices").locate_file("genai_prices/data.py")))
        as_of = datetime.fromtimestamp(record.stat().st_mtime, UTC).date().isoformat()
        return Prices(f"genai-prices {version('genai-prices')}", as_of)

"""Kills without number: what must hold of the ledger whenever a worker dies."""

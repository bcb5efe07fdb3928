"""Instruments AI workflows and lets them be optimised while they run."""

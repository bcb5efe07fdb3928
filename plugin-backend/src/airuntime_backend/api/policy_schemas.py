"""The forms of what waits and of the policy."""

from __future__ import annotations

from pydantic import BaseModel


class QueueView(BaseModel):
    """An apply that waits: who asked when, for what it waits and why, who has approved it, and its place, from 1."""

    at: float
    who: str
    via: str
    waits_for: str
    why: str
    approved_by: list[str]
    place: int


class StandingView(BaseModel):
    """How far a rule may go by itself: what the policy asks for, what its record bears out, and why."""

    rule: str
    asked: str
    level: str
    why: str
    kept: int
    short: int
    missed: int
    trust: float
    usual_error: float | None


class FrozenView(BaseModel):
    """The freeze window that holds now, and from when on none does (Unix seconds; null = not in sight)."""

    name: str
    why: str
    until: float | None


class LimitsView(BaseModel):
    """Every limit that is in force; null = none."""

    services: list[str]
    rules: list[str]
    freeze: list[str]
    changes_per_day: int | None
    changes_today: int
    blast_radius_calls: float | None
    blast_radius_spend: float | None
    second_person_risks: list[str]
    second_person_services: list[str]


class PolicyView(BaseModel):
    """The policy that is in force, and where things stand by it."""

    file: str | None
    frozen: FrozenView | None
    limits: LimitsView
    autonomy: list[StandingView]

"""Policy: what may be changed, when, how much of it, by whom and how far by itself; as its file says."""

from __future__ import annotations

from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Annotated, Final, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ai_runtime_intelligent.flow.suggestion import Risk
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Level = Literal["off", "suggest", "apply-with-approval", "auto"]
"""How far a rule may go by itself: its suggestions are not made; made; also asked for, until a person approves; or
also started."""

DAYS: Final[tuple[Day, ...]] = get_args(Day)
_HOUR: Final = 60
DAY_MINUTES: Final = 24 * _HOUR


def _minutes(value: object) -> int:
    """Minutes from midnight. A bare number is refused: who writes 18 does not mean 18 minutes past midnight."""
    hours, colon, minutes = str(value).partition(":")
    if colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == len("00") and int(minutes) < _HOUR:
        found = _HOUR * int(hours) + int(minutes)
        if found <= DAY_MINUTES:
            return found
    raise ValueError("must be a time of day such as 18:00, from 00:00 to 24:00")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone such as Europe/Berlin") from None
    return name


def _moment(value: object) -> object:
    """A date means its midnight; a moment is told in the window's time zone and so may have none of its own."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("must be without a time zone of its own: it is read in the window's time_zone")
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - local to the window's zone
    return value


def _level(value: object) -> object:
    """YAML reads an unquoted off as false."""
    return "off" if value is False else value


Minutes = Annotated[int, BeforeValidator(_minutes)]
Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Autonomous = Annotated[Level, BeforeValidator(_level)]
Share = Annotated[float, Field(gt=0, le=1)]
Patterns = tuple[Annotated[str, Field(min_length=1)], ...]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Freeze(_Record):
    """A time in which nothing is changed: on these days, between these times, within these dates.

    What is left out does not restrict it. ``to`` that is not after ``from`` is on the next day.
    """

    name: str = Field(pattern=r"^[\w-]{1,40}$")
    days: tuple[Day, ...] = DAYS
    from_: Minutes = Field(0, alias="from")
    to: Minutes = DAY_MINUTES
    since: Moment | None = None
    until: Moment | None = None
    time_zone: Zone | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _restricts(self) -> Freeze:
        if not self.model_fields_set & {"days", "from_", "to", "since", "until"}:
            raise ValueError("must name days, from and to, or since and until: as it is, it would never end")
        if not self.days:
            raise ValueError("must name at least one day")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise ValueError("until must be after since")
        return self


class BlastRadius(_Record):
    """The largest share of all services' incoming calls, and of their spend, that one change may reach; 0..1."""

    calls: Share | None = None
    spend: Share | None = None


class SecondPerson(_Record):
    """For which changes somebody else than who asks must approve."""

    risks: tuple[Risk, ...] = ()
    services: Patterns = ("*",)

    def wanted(self, service: str, risk: Risk) -> bool:
        """Whether a change of this service and risk needs one."""
        return risk in self.risks and matches(self.services, service)


class Earn(_Record):
    """What the record of a rule must show before it may start changes by itself."""

    tried: int = Field(5, ge=1)
    trust: float = Field(0.8, ge=0, le=1)
    usual_error: float = Field(0.5, gt=0)
    recent: int = Field(5, ge=1)


class Autonomy(_Record):
    """How far rules may go: ``default``, and by rule."""

    default: Autonomous = "suggest"
    rules: dict[str, Autonomous] = Field(default_factory=dict)
    earn: Earn = Earn()

    def asked(self, rule: str) -> Level:
        """How far the policy lets the rule go, if its record bears it out."""
        return self.rules.get(rule, self.default)


class Policy(_Record):
    """The whole policy; without a file every default, which allows what a person asks for."""

    time_zone: Zone = "UTC"
    services: Patterns = ("*",)
    rules: Patterns = ("*",)
    freeze: tuple[Freeze, ...] = ()
    changes_per_day: int | None = Field(None, ge=0)
    blast_radius: BlastRadius = BlastRadius()
    second_person: SecondPerson = SecondPerson()
    autonomy: Autonomy = Autonomy()

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Policy:
        names = [one.name for one in self.freeze]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"freeze has two windows of the name {', '.join(twice)}")
        return self


def matches(patterns: Patterns, name: str) -> bool:
    """Whether a name is one of the patterns: ``*`` stands for any letters."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)

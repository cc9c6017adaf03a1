"""Claims about days: on which date or day of the week it began, ended, or was, by several clocks.

Begin with :func:`on_day`. A clock's day lasts from its midnight to the next, whatever was done to the clock between.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from gonedark.cause.claims.facts import Facts
from gonedark.cause.claims.finding import Finding, not_observable
from gonedark.cause.claims.kinds import WEEKDAYS
from gonedark.cause.claims.words import say
from gonedark.model.claim import Claim
from gonedark.model.report import Outage
from gonedark.model.time import TimeSpan, to_datetime

_NEVER_US = 2**62
_LAST = date.max - timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def on_day(claim: Claim, facts: Facts) -> Finding:
    """The day on several clocks: UTC, the capital's and those the claim names."""
    outage = facts.outage(claim.states.get("about"))
    if outage is None:
        return not_observable("claim.no-outage")
    zones = list(dict.fromkeys(["UTC", *([facts.place.zone] if facts.place else []), *claim.states.get("zones", ())]))
    event = claim.states["event"]
    shares = {zone: _share_on_day(claim, facts, outage, ZoneInfo(zone)) for zone in zones}
    known = {zone: share for zone, share in shares.items() if share is not None}
    if not known:
        return not_observable("claim.time-open")
    margin = say("margin.day", zones=", ".join(zones))
    if event == "any":
        margin = say("margin.day-any", shares=", ".join(f"{zone} {_percent(known[zone])}" for zone in known))
    yes, no = [zone for zone in known if known[zone] > 0], [zone for zone in known if known[zone] <= 0]
    words = {"yes": ", ".join(yes), "no": ", ".join(no)}
    if len(known) < len(zones):
        reason = say("claim.day-open", no=", ".join(zone for zone in zones if zone not in known))
        return Finding("unclear", reason, margin, known, f"outages.{event}")
    if yes and no:
        return Finding("unclear", say("claim.day", **words), margin, known, f"outages.{event}")
    if yes:
        return Finding("supported", say("claim.day-all", **words), margin, known, f"outages.{event}")
    return Finding("contradicted", say("claim.day-none", **words), margin, known, f"outages.{event}")


def _share_on_day(claim: Claim, facts: Facts, outage: Outage, clock: tzinfo) -> float | None:
    """1 or 0 for a moment; for the whole outage the share of its length on the day; None where nobody can tell."""
    event, span = claim.states["event"], facts.span(outage)
    if event == "any":
        share = _share(claim, span, clock)
        unseen = any(any(_parts(claim, other, clock)) for other in _unseen(facts, outage, span))
        return None if unseen and not share else share
    moment_us = outage.start_us if event == "start" else outage.end_us
    if moment_us is None:
        return None
    share = _share(claim, facts.hidden(outage, event) or TimeSpan(moment_us, moment_us + 1), clock)
    return share if share in (0.0, 1.0) else None


def _unseen(facts: Facts, outage: Outage, span: TimeSpan) -> Iterator[TimeSpan]:
    """Times that may have been a part of the outage, for all that anybody saw."""
    hidden = facts.hidden(outage, "start")
    if outage.start_us is None:
        yield TimeSpan(min(outage.start_earliest_us or 0, span.from_us), span.from_us)
    elif hidden:
        yield hidden
    if outage.end_us is None:
        yield TimeSpan(span.until_us, _NEVER_US)


def _share(claim: Claim, span: TimeSpan, clock: tzinfo) -> float:
    """How much of a span lies on the claimed day, of 1."""
    return sum(part.duration_us for part in _parts(claim, span, clock)) / max(1, span.duration_us)


def _parts(claim: Claim, span: TimeSpan, clock: tzinfo) -> Iterator[TimeSpan]:
    """What of a span lies on the claimed day."""
    days = _claimed(claim, _date(span.from_us, clock), _date(span.until_us, clock))
    return (part for part in (span.overlap(_day(found, clock)) for found in days) if part)


def _claimed(claim: Claim, first: date, last: date) -> Iterable[date]:
    """The dates that a claim means, of those from the first to the last."""
    if "date" in claim.states:
        day = date.fromisoformat(claim.states["date"])
        return [day] if first <= day <= last else []
    ahead = (WEEKDAYS.index(claim.states["weekday"]) - first.weekday()) % len(WEEKDAYS)
    return map(date.fromordinal, range(first.toordinal() + ahead, last.toordinal() + 1, len(WEEKDAYS)))


def _date(time_us: int, clock: tzinfo) -> date:
    """The date that a clock shows; the calendar's last but one where there are no more."""
    try:
        return min(to_datetime(time_us).astimezone(clock).date(), _LAST)
    except OverflowError:
        return _LAST


def _day(day: date, clock: tzinfo) -> TimeSpan:
    """From midnight to midnight; empty where the clock skipped the day."""
    return TimeSpan(_midnight_us(day, clock), _midnight_us(day + timedelta(days=1), clock))


def _midnight_us(day: date, clock: tzinfo) -> int:
    return (datetime(day.year, day.month, day.day, tzinfo=clock) - _EPOCH) // timedelta(microseconds=1)


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


CHECKS = {"on-day": on_day}

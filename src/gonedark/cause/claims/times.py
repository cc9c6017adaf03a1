"""Claims about times: when it began and ended, how long it lasted.

Begin with the functions in :data:`CHECKS`. Each takes a claim and the facts and gives a :class:`Finding`.
"""

from dataclasses import replace

from gonedark.cause.claims.facts import Facts
from gonedark.cause.claims.finding import Finding, by_share, hours_words, not_observable
from gonedark.cause.claims.words import say
from gonedark.model.claim import Claim, Verdict
from gonedark.model.time import MINUTE_US, SECOND_US, TimeSpan, format_time

_UNCLEAR_TIMES = 3.0
_HOURS, _SEVERAL = (2.0, 24.0), (3.0, 24.0)


def start_time(claim: Claim, facts: Facts) -> Finding:
    """The start, with its bounds, against a time."""
    outage = facts.outage(claim.states.get("about", claim.states["time"]))
    if outage is None:
        return not_observable("claim.no-outage")
    bounds = (outage.start_earliest_us, outage.start_latest_us)
    return _loosened(_moment(claim, outage.start_us, bounds, "outages.start"), facts.hidden(outage, "start"), claim)


def end_time(claim: Claim, facts: Facts) -> Finding:
    """The end, with its bounds, against a time."""
    outage = facts.outage(claim.states.get("about", claim.states["time"]))
    if outage is None:
        return not_observable("claim.no-outage")
    bounds = (outage.end_earliest_us, outage.end_latest_us)
    return _loosened(_moment(claim, outage.end_us, bounds, "outages.end"), facts.hidden(outage, "end"), claim)


def _loosened(finding: Finding, hidden: TimeSpan | None, claim: Claim) -> Finding:
    """A time that lies in hours that nobody watched is possible, and no more than that."""
    within_us = claim.states.get("within_minutes", 5) * MINUTE_US
    if hidden is None or hidden.duration_us <= within_us or finding.verdict != "supported":
        return finding
    reason = say("claim.time-hidden", low=format_time(hidden.from_us), high=format_time(hidden.until_us))
    return replace(finding, verdict="unclear", reason=reason)


def _moment(claim: Claim, measured_us: int | None, bounds: tuple[int | None, int | None], field: str) -> Finding:
    if measured_us is None:
        return not_observable("claim.time-open")
    claimed = int(claim.states["time"])
    within_us = int(claim.states.get("within_minutes", 5) * MINUTE_US)
    low, high = (measured_us if bound is None else bound for bound in bounds)
    apart = max(min(low, measured_us) - claimed, claimed - max(high, measured_us), 0)
    verdict: Verdict = "contradicted"
    if apart <= _UNCLEAR_TIMES * within_us:
        verdict = "supported" if apart <= within_us else "unclear"
    margin = say(
        "margin.time",
        within=f"{within_us / MINUTE_US:g} min",
        unclear=f"{_UNCLEAR_TIMES * within_us / MINUTE_US:g} min",
    )
    reason = say("claim.time", measured=format_time(measured_us), apart=f"{apart / SECOND_US:g} s")
    return Finding(verdict, reason, margin, format_time(measured_us), field)


def duration(claim: Claim, facts: Facts) -> Finding:
    """The length against a number, a bound, or loose words."""
    outage = facts.outage(claim.states.get("about"))
    if outage is None:
        return not_observable("claim.no-outage")
    relation, hours = claim.states["relation"], float(claim.states.get("hours", 0.0))
    if relation not in ("hours", "several-hours") and not hours:
        return not_observable("claim.no-field")
    seconds = facts.span(outage).duration_us / SECOND_US
    is_open = outage.duration_seconds is None
    reason = say("claim.duration-open" if is_open else "claim.duration", measured=hours_words(seconds))
    verdict, margin = _length(claim, seconds)
    if is_open and not _settled(verdict, relation, seconds, hours):
        verdict = "unclear"
    hidden = {event: facts.hidden(outage, event) for event in ("start", "end")}
    more, less = (0.0 if span is None else span.duration_us / SECOND_US for span in hidden.values())
    if (more or less) and {verdict} != {_length(claim, length)[0] for length in (seconds + more, seconds - less)}:
        low, high = hours_words(seconds - less), hours_words(seconds + more)
        verdict, reason = "unclear", say("claim.duration-hidden", low=low, high=high)
    return Finding(verdict, reason, margin, seconds, "outages.duration_seconds")


def _length(claim: Claim, seconds: float) -> tuple[Verdict, str | None]:
    """What a length says of the claim, and by which margin."""
    relation, hours = claim.states["relation"], float(claim.states.get("hours", 0.0))
    if relation not in ("hours", "several-hours"):
        return by_share(seconds, hours * 3600, relation, claim.states.get("within_share", 0.1))
    low, high = _HOURS if relation == "hours" else _SEVERAL
    margin = say("margin.hours" if relation == "hours" else "margin.several", low=f"{low:g}", high=f"{high:g}")
    return "supported" if low * 3600 <= seconds <= high * 3600 else "contradicted", margin


def _settled(verdict: Verdict, relation: str, seconds: float, hours: float) -> bool:
    """Whether a lower bound of the length is enough for the verdict: it can only have lasted longer."""
    if verdict == "supported":
        return relation in ("at-least", "hours", "several-hours")
    return seconds > hours * 3600


CHECKS = {"start-time": start_time, "end-time": end_time, "duration": duration}

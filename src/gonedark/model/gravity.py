"""Which outage of a report is the gravest: the one that its headline, its cause and claims without a time are about.

Begin with :func:`gravest`. Not for choosing the outage of a moment, which claims do.
"""

from collections.abc import Iterable

from gonedark.model.report import Outage, Phase, Report
from gonedark.model.time import TimeSpan


def gravest(report: Report) -> Outage | None:
    """The one that the cause is about, else the one with the most weight; None where there was none."""
    wanted = report.cause.outage if report.cause else None
    told = next((outage for outage in report.outages if outage.id == wanted), None)
    return told or max(report.outages, key=lambda outage: weight(outage, report.phases, report.window), default=None)


def weight(outage: Outage, phases: Iterable[Phase], window: TimeSpan) -> tuple[bool, float]:
    """How grave an outage is: a dark one before a partial one, then depth times the length that was watched within the
    window; IPv6 counts half."""
    start_us = window.from_us if outage.start_us is None else outage.start_us
    end_us = window.until_us if outage.end_us is None else outage.end_us
    span = TimeSpan(start_us, max(start_us, end_us))
    seen = (item.span.overlap(span) for item in phases if item.family == outage.family and item.phase != "blind")
    taken = outage.depth * sum(part.duration_us for part in seen if part)
    return bool(outage.dark), taken if outage.family == "ipv4" else taken / 2

"""What a report holds that claims can be measured with.

Begin with :class:`Facts`. Reads a finished :class:`~gonedark.model.report.Report`, also one that was read back from
JSON: no studies, no series, no input.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gonedark.cause.limits import Limits
from gonedark.model.cause import Cause
from gonedark.model.gravity import gravest
from gonedark.model.place import Place
from gonedark.model.report import Outage, Report
from gonedark.model.time import DAY_US, TimeSpan, parse_time
from gonedark.outage.decline import DECLINED
from gonedark.outage.lately import LATELY_BACK
from gonedark.outage.missing import MISSING

CountryOf = Callable[[int], str | None]
"""ISO code of the country an AS number is delegated to, where that is known."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A report as claims ask it."""

    report: Report
    place: Place | None
    country_of: CountryOf
    limits: Limits

    def outage(self, about_us: int | None) -> Outage | None:
        """The outage a claim is about: the one at a moment (or the nearest within a day), else the gravest."""
        outages = self.report.outages
        if about_us is None:
            return gravest(self.report)
        near = [(self._distance(item, about_us), index) for index, item in enumerate(outages)]
        distance, index = min(near, default=(DAY_US + 1, 0))
        return outages[index] if distance <= DAY_US else None

    def span(self, outage: Outage) -> TimeSpan:
        """From start to end, or to the edges of what was watched where one was not seen."""
        phases = (phase for phase in self.report.phases if phase.family == outage.family and phase.phase != "blind")
        seen = sorted(phase.span for phase in phases) or [self.report.window]
        start = seen[0].from_us if outage.start_us is None else outage.start_us
        end = seen[-1].until_us if outage.end_us is None else outage.end_us
        return TimeSpan(start, max(start, end))

    def hidden(self, outage: Outage, event: str) -> TimeSpan | None:
        """The blind time in which the outage's start or end lies somewhere; None where it was watched."""
        if self.evidence(f"{outage.id}/{event}-blind") is None:
            return None
        moments = (outage.start_earliest_us, outage.start_us), (outage.end_earliest_us, outage.end_us)
        earliest_us, found_us = moments[event == "end"]
        return None if earliest_us is None or found_us is None else TimeSpan(earliest_us, found_us)

    def back_us(self, outage: Outage) -> int | None:
        """Since when as much as usual was visible in the end, too shortly to end the outage; None elsewhere."""
        back = self.evidence(f"{outage.id}/{LATELY_BACK}")
        return None if back is None else parse_time(back["from"])

    def evidence(self, identity: str) -> Any:
        """Value of a piece of evidence, or None."""
        return next((item.value for item in self.report.evidence if item.id == identity), None)

    @property
    def partly_lost(self) -> bool:
        """A network was gone as a whole, or less and less was there, without an outage of the country."""
        names = [item.id.split("/") for item in self.report.evidence]
        return any(len(parts) > 1 and parts[1] in (MISSING, DECLINED) for parts in names)

    @property
    def cause(self) -> Cause | None:
        """The cause part, where there is one."""
        return self.report.cause if isinstance(self.report.cause, Cause) else None

    def providers(self, outage: Outage) -> tuple[int, ...]:
        """Foreign providers before the outage; empty where the report does not tell."""
        if outage.restoration is not None and outage.restoration.providers_before:
            return outage.restoration.providers_before
        return tuple(self.evidence("cause.providers") or ())

    def _distance(self, outage: Outage, time_us: int) -> int:
        span = self.span(outage)
        return max(span.from_us - time_us, time_us - span.until_us, 0)

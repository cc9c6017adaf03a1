"""Which data of a collector is missing: silences, holes in a regular grid of files, and ends of the data.

Begin with :func:`gaps_of`. A gap makes the collector's sessions stale; it never makes a prefix unseen.
"""

from collections.abc import Sequence

from gonedark.model.report import CoverageGap
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import MINUTE_US, TimeSpan, format_time
from gonedark.table.changes import Changes


def gaps_of(
    changes: Changes, missing: Sequence[CoverageGap], window: TimeSpan, thresholds: Thresholds
) -> tuple[CoverageGap, ...]:
    """All gaps of one collector, in order of time: those known from its files, its silences, and its data's end."""
    found = [gap for gap in missing if gap.collector == changes.collector]
    stretches = [(silence.from_us, silence.until_us) for silence in changes.silences]
    if changes.last_us is not None and changes.last_us < window.until_us:
        stretches.append((changes.last_us, window.until_us))
    shortest_us = max(thresholds.silence_us, thresholds.silence_intervals * changes.mean_interval_us)
    for from_us, until_us in stretches:
        if until_us - from_us > shortest_us:
            span = TimeSpan(from_us, until_us)
            minutes = span.duration_us // MINUTE_US
            ends = " to the end of the window" if until_us == window.until_us else ""
            found.append(
                CoverageGap(
                    span, changes.collector, f"no record for {minutes} minutes after {format_time(from_us)}{ends}"
                )
            )
    if changes.first_us is not None and window.from_us < changes.first_us - thresholds.silence_us:
        until_us = min(changes.first_us, window.until_us)
        found.append(CoverageGap(TimeSpan(window.from_us, until_us), changes.collector, "its data begin later"))
    return _merged(sorted(found))


def _merged(gaps: Sequence[CoverageGap]) -> tuple[CoverageGap, ...]:
    """Overlapping gaps of one collector are one, with all their reasons."""
    merged: list[CoverageGap] = []
    for gap in gaps:
        if not merged or gap.span.from_us >= merged[-1].span.until_us:
            merged.append(gap)
            continue
        last = merged[-1]
        span = TimeSpan(last.span.from_us, max(last.span.until_us, gap.span.until_us))
        merged[-1] = CoverageGap(span, gap.collector, f"{last.reason}; {gap.reason}")
    return tuple(merged)

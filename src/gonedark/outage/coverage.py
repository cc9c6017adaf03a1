"""Who watched, and what of it is missing.

Begin with :func:`coverage_of`. Numbers are the largest at any time of the window.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from gonedark.model.report import Coverage, CoverageGap
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study
from gonedark.table.sessions import UP, Steps


def coverage_of(
    studies: Sequence[Study], collectors: Sequence[str], gaps: Sequence[CoverageGap], window: TimeSpan
) -> Coverage:
    """Coverage of the window, in the families that the country is announced in (IPv4 where it is in none)."""
    peers = full = asns = voters = 0
    relevant = [found for found in studies if found.has_baseline]
    for found in relevant or [found for found in studies if found.family == "ipv4"]:
        timeline = found.timeline
        sessions = list(range(len(timeline.sessions)))
        numbers = [session.asn for session in timeline.sessions]
        foreign = [asn for asn in numbers if not found.attribution.is_domestic(asn)]
        peers = max(peers, _most(timeline.states, lambda value: value == UP, sessions, window))
        full = max(full, _most(timeline.feeds, bool, sessions, window))
        asns = max(asns, _most(timeline.feeds, bool, numbers, window))
        voters = max(voters, _most(timeline.feeds, bool, numbers, window, frozenset(foreign)))
    return Coverage(tuple(sorted(collectors)), peers, full, asns, voters, tuple(_within(gaps, window)))


def _most(
    steps: Steps,
    counts: Callable[[int], bool],
    names: Sequence[int],
    window: TimeSpan,
    only: frozenset[int] | None = None,
) -> int:
    """The largest number of distinct names whose sessions counted at one time of the window."""
    on: set[int] = set()
    holders: Counter[int] = Counter()
    most = 0
    rows = zip(steps.time_us.tolist(), steps.session.tolist(), steps.value.tolist(), strict=True)
    last_us = None
    for time_us, session, value in rows:
        if time_us >= window.until_us:
            break
        if last_us is not None and time_us > last_us and time_us > window.from_us:
            most = max(most, len(holders))
        name = names[session]
        if only is None or name in only:
            if counts(value) and session not in on:
                on.add(session)
                holders[name] += 1
            elif not counts(value) and session in on:
                on.discard(session)
                holders[name] -= 1
                if not holders[name]:
                    del holders[name]
        last_us = time_us
    return max(most, len(holders))


def _within(gaps: Sequence[CoverageGap], window: TimeSpan) -> Iterator[CoverageGap]:
    """The gaps as far as they lie in the window; those without length (a torn table) too."""
    for gap in gaps:
        part = gap.span.overlap(window)
        if part is not None:
            yield replace(gap, span=part)
        elif gap.span.duration_us == 0 and window.contains(gap.span.from_us):
            yield gap

"""All collectors together, in order of time: the one view of the table that the rest of the house reads.

Begin with :func:`build`, which merges :class:`~gonedark.table.changes.Changes` (a plain union: any order gives the
same timeline), decides about sessions, and settles what a table dump means for sessions that were up or not.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family, Prefix
from gonedark.model.report import CoverageGap
from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import FOREVER_US, Changes, RouteColumns, Session, Stretch, kept
from gonedark.table.deciding import Decided, decide, sessions_of
from gonedark.table.paths import AsPaths
from gonedark.table.sessions import Steps
from gonedark.table.settling import Settling
from gonedark.table.union import by_time, united


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Timeline:
    """One family's wanted prefixes as seen by all sessions.

    ``routes`` are the settled changes in order of time, in stretches that end between instants; ``path`` is NO_PATH
    where the session no longer holds the prefix, ``dump`` only tells that some dump told it (0 or more).
    ``resets`` are (n, 2) rows of time and session: the session's routes are gone from then on, which is a loss of the
    vantage point and not of the prefix. ``states`` and ``feeds`` are the session decisions; ``mismatches`` counts
    routes of dumps that contradict sessions that were up, and is None where no dump met one. ``largest`` is
    the most prefixes that a session had in a dump; 0: there was none.
    """

    family: Family
    sessions: tuple[Session, ...]
    prefixes: tuple[Prefix, ...]
    paths: AsPaths
    routes: tuple[Stretch, ...]
    resets: NDArray[np.int64]
    states: Steps
    feeds: Steps
    mismatches: int | None
    largest: int = 0

    def changes(self, from_us: int = 0, until_us: int = FOREVER_US) -> Iterator[RouteColumns]:
        """Changes from one moment to another, stretch by stretch."""
        return (_between(stretch.load(), from_us, until_us) for stretch in self._stretches(from_us, until_us))

    def backwards(self, until_us: int = FOREVER_US) -> Iterator[RouteColumns]:
        """All changes before a moment, the last stretch first."""
        return (_between(stretch.load(), 0, until_us) for stretch in reversed(self._stretches(0, until_us)))

    def is_precise(self, time_us: int) -> bool:
        """Is a change of that moment known to the microsecond?"""
        return any(bool(routes.precise.any()) for routes in self.changes(time_us, time_us + 1))

    def _stretches(self, from_us: int, until_us: int) -> tuple[Stretch, ...]:
        """Those that may have something to tell of the time between."""
        first = max(0, bisect_right(self.routes, from_us, key=lambda stretch: stretch.since_us) - 1)
        return self.routes[first : bisect_left(self.routes, until_us, key=lambda stretch: stretch.since_us)]


def build(
    parts: Sequence[Changes],
    gaps: Sequence[CoverageGap],
    family: Family,
    until_us: int,
    thresholds: Thresholds,
    decided: Decided | None = None,
    keep: Callable[[RouteColumns], Stretch] = kept,
) -> Timeline:
    """Merge the collectors' parts for one family, up to ``until_us``.

    ``decided`` saves deciding again. ``keep`` puts merged changes aside, stretch by stretch, where a country's are too
    many for memory.
    """
    parts = sorted(parts, key=lambda part: part.collector)
    sessions = sessions_of(parts)
    number = {session: index for index, session in enumerate(sessions)}
    decided = decided or decide(parts, gaps, family, until_us, thresholds)
    union = united(parts, number, family)
    settling = Settling(decided, len(union.prefixes))
    for routes in by_time(union.parts):
        settling.add(routes, keep(routes))
    settled, mismatches = settling.settled(parts, number, thresholds)
    return Timeline(
        family=family,
        sessions=sessions,
        prefixes=union.prefixes,
        paths=union.paths,
        routes=settled,
        resets=decided.resets,
        states=decided.states,
        feeds=decided.feeds,
        mismatches=mismatches,
        largest=_largest(parts, family),
    )


def _between(routes: RouteColumns, from_us: int, until_us: int) -> RouteColumns:
    first, end = np.searchsorted(routes.time_us, (from_us, until_us)).tolist()
    return routes if end - first == len(routes.time_us) else routes.take(slice(first, end))


def _largest(parts: Sequence[Changes], family: Family) -> int:
    six = int(family == "ipv6")
    return max((counts[six] for part in parts for rib in part.ribs for counts in rib.entries.values()), default=0)

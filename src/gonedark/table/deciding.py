"""What is decided about the vantage points once all collectors are known, the same for every country.

Begin with :func:`decide`, which gathers what happened to the sessions; the rules are in
:mod:`gonedark.table.sessions`. Not for routes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family
from gonedark.model.report import CoverageGap
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import SECOND_US
from gonedark.table import sessions as decisions
from gonedark.table.changes import (
    MARK_DOWN,
    MARK_END_OF_RIB_V4,
    MARK_END_OF_RIB_V6,
    MARK_ESTABLISHED,
    Changes,
    Session,
)
from gonedark.table.sessions import DOWN, UP, SessionEvents, Steps
from gonedark.table.trans import twins


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """What was decided about the sessions of one family, which is the same for every country.

    ``resets`` are rows of time and session, as the timeline has them. ``dumps`` are the times of all table dumps, and
    ``up[d, s]`` tells whether session s was up just before the d-th; ``compared``, whether a whole dump spoke of a
    session that was up.
    """

    states: Steps
    feeds: Steps
    resets: NDArray[np.int64]
    dumps: NDArray[np.int64]
    up: NDArray[np.bool_]
    compared: bool


def decide(
    parts: Sequence[Changes],
    gaps: Sequence[CoverageGap],
    family: Family,
    until_us: int,
    thresholds: Thresholds,
) -> Decided:
    """States and full feeds of all sessions, up to ``until_us``."""
    parts = sorted(parts, key=lambda part: part.collector)
    number = {session: index for index, session in enumerate(sessions_of(parts))}
    events = _session_events(parts, gaps, family, number)
    states, feeds = decisions.vote(events, len(number), until_us, thresholds)
    dumps = np.unique(np.array([rib.time_us for part in parts for rib in part.ribs], dtype=np.int64))
    up = _up_before(dumps, states, len(number))
    compared = _compared(parts, family, number, dumps, up)
    return Decided(states, feeds, _resets(parts, number, states), dumps, up, compared)


def sessions_of(parts: Sequence[Changes]) -> tuple[Session, ...]:
    """All sessions of all collectors, in the order of their numbers."""
    return tuple(sorted({session for part in parts for session in part.sessions}))


def _session_events(
    parts: Sequence[Changes], gaps: Sequence[CoverageGap], family: Family, number: dict[Session, int]
) -> SessionEvents:
    """Everything that decides about sessions, sorted by time and kind; ties keep the collector's order."""
    six = int(family == "ipv6")
    foreign_end = MARK_END_OF_RIB_V4 if six else MARK_END_OF_RIB_V6
    rows: list[tuple[int, int, int, int]] = []
    pieces: list[tuple[NDArray[Any], ...]] = []
    for part in parts:
        ids = [number[session] for session in part.sessions]
        # The last record before a gap is dated to its second; what it said holds for that second.
        starts = [begin + SECOND_US for gap in gaps if gap.collector == part.collector for begin in _begins(gap, part)]
        rows += [(start, decisions._GAP, session, 0) for start in starts for session in ids]
        rows += [(time, decisions._MARK, ids[at], mark) for time, at, mark in part.marks if mark != foreign_end]
        rows += [(time, decisions._MARK, ids[at], MARK_DOWN) for time, at in _taken_over(part)]
        seen: set[int] = set()
        for rib in part.ribs:
            if not rib.complete:
                continue
            entries = {at: counts[six] for at, counts in rib.entries.items()}
            if not any(entries.values()):
                continue
            seen.update(entries)
            rows += [(rib.time_us, decisions._RIB, ids[at], entries.get(at, 0)) for at in range(len(ids)) if at in seen]
        mine = np.flatnonzero(part.sizes.family == six)
        session = np.array(ids, dtype=np.int32)[part.sizes.session[mine]]
        kind = np.full(len(mine), decisions._SIZE, dtype=np.int8)
        pieces.append((part.sizes.time_us[mine], kind, session, part.sizes.size[mine]))
    pieces.insert(0, tuple(np.array(rows, dtype=np.int64).reshape(-1, 4).T))
    kinds = (np.int64, np.int8, np.int32, np.int32)
    columns = [
        np.concatenate([piece.astype(kind, copy=False) for piece in column])
        for column, kind in zip(zip(*pieces, strict=True), kinds, strict=True)
    ]
    # By time and kind; ties keep the collectors' order.
    order = np.argsort(columns[0] << 2 | columns[1], kind="stable")
    return SessionEvents(*(column[order] for column in columns))


def _begins(gap: CoverageGap, part: Changes) -> set[int]:
    """When a gap begins, and begins again: a table inside it shows a moment, and what followed is missing as before."""
    return {gap.span.from_us, *(rib.time_us for rib in part.ribs if gap.span.contains(rib.time_us))}


def _taken_over(part: Changes) -> Iterator[tuple[int, int]]:
    """When a table first gave the true number of a session that was known as AS_TRANS until then, and which it is."""
    for nameless, named in twins((session.asn, session.address) for session in part.sessions).items():
        times = [rib.time_us for rib in part.ribs if named in rib.entries]
        if times:
            yield min(times), nameless


def _resets(parts: Sequence[Changes], number: dict[Session, int], states: Steps) -> NDArray[np.int64]:
    """When sessions lost all their routes: rows of (time, session)."""
    down = states.value == DOWN
    rows = list(zip(states.time_us[down].tolist(), states.session[down].tolist(), strict=True))
    for part in parts:
        rows += [(time, number[part.sessions[at]]) for time, at, mark in part.marks if mark == MARK_ESTABLISHED]
    return np.array(sorted(set(rows)), dtype=np.int64).reshape(-1, 2)


def _up_before(dumps: NDArray[np.int64], states: Steps, sessions: int) -> NDArray[np.bool_]:
    """(dumps, sessions): was a session up before everything that happened at the moment of a dump?"""
    up = np.zeros((len(dumps), sessions), dtype=bool)
    now = np.zeros(sessions, dtype=bool)
    at = 0
    for number, stop in enumerate(np.searchsorted(states.time_us, dumps).tolist()):
        # Of several steps of one session the last one written stands.
        now[states.session[at:stop]] = states.value[at:stop] == UP
        up[number] = now
        at = stop
    return up


def _compared(
    parts: Sequence[Changes],
    family: Family,
    number: dict[Session, int],
    dumps: NDArray[np.int64],
    up: NDArray[np.bool_],
) -> bool:
    """A whole dump spoke of a session of the family that was up, so that there was something to compare."""
    six = int(family == "ipv6")
    return any(
        up[np.searchsorted(dumps, rib.time_us), number[part.sessions[at]]]
        for part in parts
        for rib in part.ribs
        if rib.complete
        for at, counts in rib.entries.items()
        if counts[six]
    )

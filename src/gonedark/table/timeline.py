"""All collectors together, in order of time: the one view of the table that the rest of the house reads.

Begin with :func:`build`, which merges :class:`~gonedark.table.changes.Changes` (a plain union: any order gives the
same timeline), decides about sessions, and settles what a table dump means for sessions that were up or not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family, Prefix
from gonedark.model.report import CoverageGap
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import SECOND_US
from gonedark.table import sessions as decisions
from gonedark.table.changes import (
    MARK_DOWN,
    MARK_END_OF_RIB_V4,
    MARK_END_OF_RIB_V6,
    MARK_ESTABLISHED,
    NO_PATH,
    Changes,
    RouteColumns,
    Session,
)
from gonedark.table.paths import AsPaths, unite
from gonedark.table.sessions import DOWN, UP, SessionEvents, Steps
from gonedark.table.trans import twins

_LOWER = (1 << 64) - 1


@dataclass(frozen=True, eq=False, slots=True)
class Routes:
    """Settled changes in order of time; ``path`` NO_PATH where the session no longer holds the prefix."""

    time_us: NDArray[np.int64]
    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    precise: NDArray[np.bool_]

    def is_precise(self, time_us: int) -> bool:
        """Is a change of that moment known to the microsecond?"""
        first, end = np.searchsorted(self.time_us, (time_us, time_us + 1)).tolist()
        return bool(self.precise[first:end].any())


@dataclass(frozen=True, eq=False, slots=True)
class Timeline:
    """One family's wanted prefixes as seen by all sessions.

    ``resets`` are (n, 2) rows of time and session: the session's routes are gone from then on, which is a loss of the
    vantage point and not of the prefix. ``states`` and ``feeds`` are the session decisions; ``mismatches`` counts
    routes of dumps that contradict sessions that were up, and is None where no dump met one. ``largest`` is
    the most prefixes that a session had in a dump; 0: there was none.
    """

    family: Family
    sessions: tuple[Session, ...]
    prefixes: tuple[Prefix, ...]
    paths: AsPaths
    routes: Routes
    resets: NDArray[np.int64]
    states: Steps
    feeds: Steps
    mismatches: int | None
    largest: int = 0


@dataclass(slots=True)
class _Merged:
    """Columns of all collectors with common ids, in order of time; within an instant as each collector had them."""

    sessions: tuple[Session, ...]
    prefixes: tuple[Prefix, ...]
    paths: AsPaths
    time_us: NDArray[np.int64]
    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    from_dump: NDArray[np.bool_]
    precise: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Decided:
    """What was decided about the sessions of one family, which is the same for every country.

    ``resets`` as in :class:`Timeline`. ``dumps`` are the times of all table dumps, and ``up[d, s]`` tells whether
    session s was up just before the d-th; ``compared``, whether a whole dump spoke of a session that was up.
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
    number = {session: index for index, session in enumerate(_sessions(parts))}
    events = _session_events(parts, gaps, family, number)
    states, feeds = decisions.vote(events, len(number), until_us, thresholds)
    dumps = np.unique(np.array([rib.time_us for part in parts for rib in part.ribs], dtype=np.int64))
    up = _up_before(dumps, states, len(number))
    compared = _compared(parts, family, number, dumps, up)
    return Decided(states, feeds, _resets(parts, number, states), dumps, up, compared)


def build(
    parts: Sequence[Changes],
    gaps: Sequence[CoverageGap],
    family: Family,
    until_us: int,
    thresholds: Thresholds,
    decided: Decided | None = None,
) -> Timeline:
    """Merge the collectors' parts for one family, up to ``until_us``; ``decided`` saves deciding again."""
    parts = sorted(parts, key=lambda part: part.collector)
    merged = _merge(parts, family)
    number = {session: index for index, session in enumerate(merged.sessions)}
    decided = decided or decide(parts, gaps, family, until_us, thresholds)
    applied, extra, mismatches = _settle_dumps(merged, parts, number, decided, thresholds)
    return Timeline(
        family=family,
        sessions=merged.sessions,
        prefixes=merged.prefixes,
        paths=merged.paths,
        routes=_routes(merged, applied, extra),
        resets=decided.resets,
        states=decided.states,
        feeds=decided.feeds,
        mismatches=mismatches,
        largest=_largest(parts, family),
    )


def _sessions(parts: Sequence[Changes]) -> tuple[Session, ...]:
    return tuple(sorted({session for part in parts for session in part.sessions}))


def _merge(parts: Sequence[Changes], family: Family) -> _Merged:
    sessions = _sessions(parts)
    prefixes, to_prefixes = _prefixes(parts, family)
    paths, to_paths = unite([part.paths for part in parts])
    session_of = {session: index for index, session in enumerate(sessions)}
    mine = [np.flatnonzero(to[part.routes.prefix] >= 0) for part, to in zip(parts, to_prefixes, strict=True)]
    time_us = _column([part.routes.time_us[rows] for part, rows in zip(parts, mine, strict=True)], np.int64)
    order = None if bool((time_us[1:] >= time_us[:-1]).all()) else np.argsort(time_us, kind="stable")

    def merged(kind: Any, of: Callable[[int, RouteColumns, NDArray[np.intp]], NDArray[Any]]) -> NDArray[Any]:
        """One column of all, so that only one is there twice."""
        column = _column([of(at, part.routes, mine[at]) for at, part in enumerate(parts)], kind)
        return column if order is None else column[order]

    to_session = [np.array([session_of[session] for session in part.sessions], dtype=np.int32) for part in parts]
    numbers = [np.append(to_path, np.int32(NO_PATH)) for to_path in to_paths]
    return _Merged(
        sessions,
        prefixes,
        paths,
        time_us if order is None else time_us[order],
        merged(np.int32, lambda at, routes, rows: to_session[at][routes.session[rows]]),
        merged(np.int32, lambda at, routes, rows: to_prefixes[at][routes.prefix[rows]]),
        merged(np.int32, lambda at, routes, rows: numbers[at][routes.path[rows]]),
        merged(bool, lambda _, routes, rows: routes.dump[rows] >= 0),
        merged(bool, lambda _, routes, rows: routes.precise[rows]),
    )


def _column(pieces: Sequence[NDArray[Any]], kind: Any) -> NDArray[Any]:
    if len(pieces) == 1:
        return pieces[0].astype(kind, copy=False)
    return np.concatenate([np.zeros(0, dtype=kind), *pieces])


def _prefixes(parts: Sequence[Changes], family: Family) -> tuple[tuple[Prefix, ...], list[NDArray[np.int32]]]:
    """The family's prefixes in order, and the number of each part's prefixes among them (-1: the other family)."""
    mine = [[prefix for prefix in part.prefixes if prefix.family == family] for part in parts]
    known = list(chain.from_iterable(mine))
    # By columns, since comparing so many objects takes long: upper and lower half of the address, length.
    upper = np.array([prefix.address >> 64 for prefix in known], dtype=np.uint64)
    lower = np.array([prefix.address & _LOWER for prefix in known], dtype=np.uint64)
    length = np.array([prefix.length for prefix in known], dtype=np.uint8)
    order = np.lexsort((length, lower, upper))
    columns = [column[order] for column in (upper, lower, length)]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.cumsum(fresh, dtype=np.int32) - 1
    numbers, begin = [], 0
    for part, prefixes in zip(parts, mine, strict=True):
        column = np.full(len(part.prefixes), -1, dtype=np.int32)
        is_mine = np.fromiter((prefix.family == family for prefix in part.prefixes), dtype=bool, count=len(column))
        column[is_mine] = number[begin : begin + len(prefixes)]
        begin += len(prefixes)
        numbers.append(column)
    return tuple(known[at] for at in order[fresh].tolist()), numbers


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
        starts = [gap.span.from_us + SECOND_US for gap in gaps if gap.collector == part.collector]
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


def _largest(parts: Sequence[Changes], family: Family) -> int:
    six = int(family == "ipv6")
    return max((counts[six] for part in parts for rib in part.ribs for counts in rib.entries.values()), default=0)


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


def _settle_dumps(
    merged: _Merged,
    parts: Sequence[Changes],
    number: dict[Session, int],
    decided: Decided,
    thresholds: Thresholds,
) -> tuple[NDArray[np.bool_], list[tuple[int, int, int, int]], int | None]:
    """Which dump rows count. Returns (rows that are applied, extra changes, number of mismatches; None: no dump met a
    session that was up).

    A dump sets sessions that were not up; against a session that was up, updates win and the row is a mismatch. What
    was left out then is taken up by the next dump that finds the session not up, unless the route changed meanwhile:
    the tracker compares dumps only with what it knew, so it would not repeat the row.
    """
    applied = np.ones(len(merged.time_us), dtype=bool)
    begin, end = (np.searchsorted(merged.time_us, decided.dumps, side=side) for side in ("left", "right"))
    for dump, (first, last) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        if decided.up[dump].any():
            mine = slice(first, last)
            applied[mine] = ~(merged.from_dump[mine] & decided.up[dump][merged.session[mine]])
    left_out = np.flatnonzero(~applied).tolist()
    if not left_out:
        return applied, [], 0 if decided.compared else None
    changes = _changes_of(merged, left_out)
    dumps: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        for rib in part.ribs:
            if rib.complete:
                for one in part.sessions:
                    dumps[number[one]].append(rib.time_us)
    reset_times: dict[int, list[int]] = defaultdict(list)
    for time, who in decided.resets.tolist():
        reset_times[who].append(time)
    place = {time: at for at, time in enumerate(decided.dumps.tolist())}
    extra, mismatches = [], 0
    for row in left_out:
        time, session, prefix = (int(column[row]) for column in (merged.time_us, merged.session, merged.prefix))
        touched = changes[(session, prefix)]
        mismatches += not any(abs(other - time) <= thresholds.rib_touch_us for other, dump in touched if not dump)
        overtaken = min(
            [other for other, _ in touched if other > time] + [at for at in reset_times[session] if at >= time],
            default=None,
        )
        for dump_us in dumps[session]:
            was_up = decided.up[place[dump_us], session]
            if dump_us > time and (overtaken is None or dump_us < overtaken) and not was_up:
                extra.append((dump_us, session, prefix, int(merged.path[row])))
                break
    return applied, extra, mismatches


def _changes_of(merged: _Merged, rows: list[int]) -> dict[tuple[int, int], list[tuple[int, bool]]]:
    """All changes (time, from a dump) of the (session, prefix) pairs that the rows speak of."""
    span = max(1, len(merged.prefixes))
    keys = merged.session.astype(np.int64) * span + merged.prefix
    mine = np.flatnonzero(np.isin(keys, np.unique(keys[rows])))
    found: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    for row in mine.tolist():
        pair = (int(merged.session[row]), int(merged.prefix[row]))
        found[pair].append((int(merged.time_us[row]), bool(merged.from_dump[row])))
    return found


def _routes(merged: _Merged, applied: NDArray[np.bool_], extra: list[tuple[int, int, int, int]]) -> Routes:
    if applied.all() and not extra:
        return Routes(merged.time_us, merged.session, merged.prefix, merged.path, merged.precise)
    added = np.array(extra, dtype=np.int64).reshape(-1, 4)
    late = (*added.T, np.zeros(len(added), dtype=bool))
    rows = np.flatnonzero(applied)
    order = np.argsort(np.concatenate([late[0], merged.time_us[rows]]), kind="stable") if extra else None
    columns: list[NDArray[Any]] = []
    for name, new in zip(("time_us", "session", "prefix", "path", "precise"), late, strict=True):
        old = getattr(merged, name)
        column = np.concatenate([new.astype(old.dtype), old[rows]])
        columns.append(column if order is None else column[order])
        setattr(merged, name, old[:0])
    return Routes(*columns)

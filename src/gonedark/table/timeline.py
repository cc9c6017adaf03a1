"""All collectors together, in order of time: the one view of the table that the rest of the house reads.

Begin with :func:`build`, which merges :class:`~gonedark.table.changes.Changes` (a plain union: any order gives the
same timeline), decides about sessions, and settles what a table dump means for sessions that were up or not.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    Session,
)
from gonedark.table.paths import AsPaths, unite
from gonedark.table.sessions import DOWN, UP, SessionEvents, Steps
from gonedark.table.trans import twins


@dataclass(frozen=True, eq=False, slots=True)
class Routes:
    """Settled changes in order of time; ``path`` NO_PATH where the session no longer holds the prefix."""

    time_us: NDArray[np.int64]
    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    precise: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Timeline:
    """One family's wanted prefixes as seen by all sessions.

    ``resets`` are (n, 2) rows of time and session: the session's routes are gone from then on, which is a loss of the
    vantage point and not of the prefix. ``states`` and ``feeds`` are the session decisions; ``mismatches`` counts
    routes of dumps that contradict sessions that were up, and is None where no dump met one.
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
    """What was decided about the sessions of one family, which is the same for every country."""

    states: Steps
    feeds: Steps


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
    return Decided(*decisions.vote(events, len(number), until_us, thresholds))


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
    states, feeds = decided.states, decided.feeds
    resets = _resets(parts, number, states)
    applied, extra, mismatches = _settle_dumps(merged, parts, family, number, states, resets, thresholds)
    return Timeline(
        family=family,
        sessions=merged.sessions,
        prefixes=merged.prefixes,
        paths=merged.paths,
        routes=_routes(merged, applied, extra),
        resets=resets,
        states=states,
        feeds=feeds,
        mismatches=mismatches,
    )


def _sessions(parts: Sequence[Changes]) -> tuple[Session, ...]:
    return tuple(sorted({session for part in parts for session in part.sessions}))


def _merge(parts: Sequence[Changes], family: Family) -> _Merged:
    sessions = _sessions(parts)
    prefixes = tuple(sorted({prefix for part in parts for prefix in part.prefixes if prefix.family == family}))
    paths, to_paths = unite([part.paths for part in parts])
    session_of = {session: index for index, session in enumerate(sessions)}
    prefix_of = {prefix: index for index, prefix in enumerate(prefixes)}
    pieces: list[tuple[NDArray[Any], ...]] = []
    for part, to_path in zip(parts, to_paths, strict=True):
        to_session = np.array([session_of[session] for session in part.sessions], dtype=np.int32)
        to_prefix = np.array([prefix_of.get(prefix, -1) for prefix in part.prefixes], dtype=np.int32)
        routes = part.routes
        if not len(routes.time_us):
            continue
        prefix = to_prefix[routes.prefix]
        mine = np.flatnonzero(prefix >= 0)
        pieces.append(
            (
                routes.time_us[mine],
                to_session[routes.session[mine]],
                prefix[mine],
                np.append(to_path, np.int32(NO_PATH))[routes.path[mine]],
                routes.dump[mine] >= 0,
                routes.precise[mine],
            )
        )
    kinds = (np.int64, np.int32, np.int32, np.int32, bool, bool)
    none = [tuple(np.zeros(0, dtype=kind) for kind in kinds)]
    flat = [np.concatenate(column) for column in zip(*(pieces or none), strict=True)]
    order = np.argsort(flat[0], kind="stable")
    return _Merged(sessions, prefixes, paths, *(column[order] for column in flat))


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
        pieces.append((part.sizes.time_us[mine], np.full(len(mine), decisions._SIZE), session, part.sizes.size[mine]))
    pieces.insert(0, tuple(np.array(rows, dtype=np.int64).reshape(-1, 4).T))
    kinds = (np.int64, np.int8, np.int32, np.int32)
    columns = [
        np.concatenate([piece.astype(kind) for piece in column])
        for column, kind in zip(zip(*pieces, strict=True), kinds, strict=True)
    ]
    # Ties keep the collectors' order.
    order = np.lexsort((columns[1], columns[0]))
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


class _StateBefore:
    """Answers which state a session was in just before a moment."""

    def __init__(self, states: Steps) -> None:
        steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for time, session, value in zip(
            states.time_us.tolist(), states.session.tolist(), states.value.tolist(), strict=True
        ):
            steps[session].append((time, value))
        self._times = {session: np.array([time for time, _ in found]) for session, found in steps.items()}
        self._values = {session: [value for _, value in found] for session, found in steps.items()}

    def at(self, session: int, time_us: int) -> int:
        """The state before everything that happened at ``time_us``."""
        if session not in self._times:
            return decisions.UNKNOWN
        index = int(np.searchsorted(self._times[session], time_us)) - 1
        return self._values[session][index] if index >= 0 else decisions.UNKNOWN


def _settle_dumps(
    merged: _Merged,
    parts: Sequence[Changes],
    family: Family,
    number: dict[Session, int],
    states: Steps,
    resets: NDArray[np.int64],
    thresholds: Thresholds,
) -> tuple[NDArray[np.bool_], list[tuple[int, int, int, int]], int | None]:
    """Which dump rows count. Returns (rows that are applied, extra changes, number of mismatches; None: no dump met a
    session that was up).

    A dump sets sessions that were not up; against a session that was up, updates win and the row is a mismatch. What
    was left out then is taken up by the next dump that finds the session not up, unless the route changed meanwhile:
    the tracker compares dumps only with what it knew, so it would not repeat the row.
    """
    applied = np.ones(len(merged.time_us), dtype=bool)
    before = _StateBefore(states)
    dumped = np.flatnonzero(merged.from_dump)
    times = np.unique([rib.time_us for part in parts for rib in part.ribs])
    moment = np.searchsorted(times, merged.time_us[dumped]) * len(merged.sessions) + merged.session[dumped]
    was_up = np.zeros(len(times) * len(merged.sessions), dtype=bool)
    was_up[moment] = True
    for at in np.flatnonzero(was_up).tolist():
        which, session = divmod(at, len(merged.sessions))
        was_up[at] = before.at(session, int(times[which])) == UP
    applied[dumped] = ~was_up[moment]
    left_out = np.flatnonzero(~applied).tolist()
    if not left_out:
        return applied, [], 0 if _compared(parts, family, number, before) else None
    changes = _changes_of(merged, left_out)
    dumps: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        for rib in part.ribs:
            if rib.complete:
                for one in part.sessions:
                    dumps[number[one]].append(rib.time_us)
    reset_times: dict[int, list[int]] = defaultdict(list)
    for time, who in resets.tolist():
        reset_times[who].append(time)
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
            if dump_us > time and (overtaken is None or dump_us < overtaken) and before.at(session, dump_us) != UP:
                extra.append((dump_us, session, prefix, int(merged.path[row])))
                break
    return applied, extra, mismatches


def _compared(parts: Sequence[Changes], family: Family, number: dict[Session, int], before: _StateBefore) -> bool:
    """A whole dump spoke of a session of the family that was up, so that there was something to compare."""
    six = int(family == "ipv6")
    return any(
        before.at(number[part.sessions[at]], rib.time_us) == UP
        for part in parts
        for rib in part.ribs
        if rib.complete
        for at, counts in rib.entries.items()
        if counts[six]
    )


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
    added = np.array(extra, dtype=np.int64).reshape(-1, 4)
    if applied.all() and not extra:
        return Routes(merged.time_us, merged.session, merged.prefix, merged.path, merged.precise)
    known: list[NDArray[Any]] = [merged.time_us, merged.session, merged.prefix, merged.path, merged.precise]
    new = [*added.T, np.zeros(len(added), dtype=bool)]
    columns = [np.concatenate([late.astype(old.dtype), old[applied]]) for late, old in zip(new, known, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Routes(*(column[order] for column in columns))

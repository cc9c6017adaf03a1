"""Parts of one collector that follow each other in time, made into one, as if one tracker had followed it all.

Begin with :func:`merge`. Each part but the first begins with a complete table dump; where the dump repeats what the
part before had told, it says nothing new, and what it leaves out is gone. Any grouping of the parts gives the same
whole. All parts are joined at once: :func:`joint` tells what the parts say beside routes, and :meth:`Joint.whole` adds
the routes, of all prefixes or of one country after the other. Not for different collectors, which the timeline unites.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import (
    MARK_APPEARED,
    MARK_DOWN,
    NO_PATH,
    Changes,
    End,
    RibMark,
    RouteColumns,
    Silence,
    Stretch,
    joined,
    kept,
)
from gonedark.table.paths import unite
from gonedark.table.sizes import SizeColumns

FAMILY_COUNT = 2
_PREFIX_BITS = 32
T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class Joint:
    """Parts in order of time as one, but for their routes: ``frame``, and in it each part's numbers of its sessions
    and how many dumps came before it."""

    frame: Changes
    sessions: tuple[NDArray[np.int64], ...]
    dumps: tuple[int, ...]

    def whole(self, parts: Sequence[Changes]) -> Changes:
        """The whole with the parts' routes, the parts in the same order."""
        if len(parts) == 1:
            only = parts[0]
            held = _with_held(self.frame.end, only.end)
            return replace(self.frame, prefixes=only.prefixes, paths=only.paths, routes=only.routes, end=held)
        prefixes, to_prefixes = _united([part.prefixes for part in parts])
        paths, to_paths = unite([part.paths for part in parts])
        lines: list[Stretch] = []
        end: End | None = None
        for at, part in enumerate(parts):
            dumps = self.dumps[at]
            to_session, to_prefix = self.sessions[at].astype(np.int32), to_prefixes[at].astype(np.int32)
            ids = _Ids(to_session, to_prefix, np.append(to_paths[at], np.int32(NO_PATH)), dumps)
            routes = [ids.of(stretch) for stretch in part.routes]
            lines += routes if end is None else _after(end.held.load(), routes, self.frame.ribs[dumps], dumps)
            end = None if part.end is None else replace(part.end, held=ids.of(part.end.held))
        return replace(
            self.frame, prefixes=prefixes, paths=paths, routes=tuple(lines), end=_with_held(self.frame.end, end)
        )


def merge(parts: Iterable[Changes], thresholds: Thresholds) -> Changes:
    """One collector's parts, in any order, as one. Each but the last must have an ``end``, and ``continues`` hold."""
    ordered = sorted(parts, key=_begin)
    return joint(ordered, thresholds).whole(ordered)


def continues(left: Changes, right: Changes) -> bool:
    """Whether the right part's first dump tells everything that the left part's state would have."""
    if left.end is None or not right.ribs or right.first_us != right.ribs[0].time_us or not right.ribs[0].complete:
        return False
    covered = np.array(list(right.ribs[0].entries.values()), dtype=np.int64).reshape(-1, FAMILY_COUNT).any(axis=0)
    return not bool((left.end.sizes.any(axis=0) & ~covered).any())


def joint(parts: Sequence[Changes], thresholds: Thresholds) -> Joint:
    """What the parts, in order of time, say together beside routes."""
    sessions, numbers = _united([part.sessions for part in parts])
    first = parts[0]
    marks = list(first.marks)
    ribs = list(first.ribs)
    silences = list(first.silences)
    sizes = [first.sizes]
    end, last_us = first.end, first.last_us
    for part, number in zip(parts[1:], numbers[1:], strict=True):
        assert end is not None, "only the last part has no end"
        marks += _marks(end, part, number)
        ribs += [_rib(rib, number) for rib in part.ribs]
        silences += [*_silence(last_us, part.ribs[0].time_us, thresholds), *part.silences]
        sizes += _sizes(end, part, number)
        end, last_us = _end(end, part, number, len(sessions)), part.last_us
    known = [part.first_us for part in parts if part.first_us is not None]
    frame = replace(
        parts[-1],
        sessions=sessions,
        marks=tuple(marks),
        ribs=tuple(ribs),
        sizes=_sizes_joined(sizes),
        silences=tuple(silences),
        first_us=known[0] if known else None,
        update_instants=sum(part.update_instants for part in parts),
        end=end,
    )
    dumps = (0, *accumulate(len(part.ribs) for part in parts[:-1]))
    return Joint(frame, tuple(numbers), dumps)


def _begin(part: Changes) -> int:
    return -1 if part.first_us is None else part.first_us


@dataclass(frozen=True, slots=True)
class _Ids:
    """Where a part's sessions, prefixes and paths (the last: NO_PATH) went in the whole; ``dumps`` came before its
    own."""

    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    dumps: int

    def of(self, stretch: Stretch) -> Stretch:
        """The same rows by the whole's numbers."""
        return Stretch(stretch.since_us, partial(self._read, stretch))

    def _read(self, stretch: Stretch) -> RouteColumns:
        routes = stretch.load()
        dump = np.where(routes.dump >= 0, routes.dump + np.int32(self.dumps), routes.dump)
        return replace(
            routes,
            session=self.session[routes.session],
            prefix=self.prefix[routes.prefix],
            path=self.path[routes.path],
            dump=dump if self.dumps else routes.dump,
        )


def _united(collections: Sequence[Sequence[T]]) -> tuple[tuple[T, ...], list[NDArray[np.int64]]]:
    """All items, each once, in the order in which they first come, and their numbers."""
    known: dict[T, int] = {}
    numbers = [
        np.array([known.setdefault(item, len(known)) for item in collection], dtype=np.int64)
        for collection in collections
    ]
    return tuple(known), numbers


def _with_held(frame: End | None, end: End | None) -> End | None:
    """The frame's end with routes."""
    return frame if frame is None or end is None else replace(frame, held=end.held)


def _after(held: RouteColumns, routes: Sequence[Stretch], seam: RibMark, dump: int) -> list[Stretch]:
    """What the seam's dump changes, and the rest of the rows behind it. ``held`` were the routes before."""
    keys = _keys(held)
    order = np.argsort(keys)
    keys, paths = keys[order], held.path[order]
    told = np.zeros(len(keys), dtype=bool)
    found: list[Stretch] = []
    for stretch in routes:
        if stretch.since_us > seam.time_us:
            found.append(stretch)
            continue
        columns = stretch.load()
        at_seam = np.flatnonzero(columns.dump == dump)
        keep = np.ones(len(columns.time_us), dtype=bool)
        if len(keys):
            dumped = _keys(columns)[at_seam]
            place = np.minimum(np.searchsorted(keys, dumped), len(keys) - 1)
            known = keys[place] == dumped
            told[place[known]] = True
            keep[at_seam[known & (paths[place] == columns.path[at_seam])]] = False
        found.append(Stretch(stretch.since_us, partial(_some, stretch, np.packbits(keep))))
    return [kept(_gone(keys[~told], seam, dump)), *found]


def _some(stretch: Stretch, bits: NDArray[np.uint8]) -> RouteColumns:
    """The rows that are marked, a bit each."""
    routes = stretch.load()
    return routes.take(np.unpackbits(bits, count=len(routes.time_us)).view(bool))


def _keys(routes: RouteColumns) -> NDArray[np.int64]:
    """Session and prefix of each row as one number."""
    return routes.session.astype(np.int64) << _PREFIX_BITS | routes.prefix


def _gone(keys: NDArray[np.int64], seam: RibMark, dump: int) -> RouteColumns:
    """Routes that the dump leaves out."""
    number = len(keys)
    return RouteColumns(
        time_us=np.full(number, seam.time_us, dtype=np.int64),
        session=(keys >> _PREFIX_BITS).astype(np.int32),
        prefix=(keys & ((1 << _PREFIX_BITS) - 1)).astype(np.int32),
        path=np.full(number, NO_PATH, dtype=np.int32),
        dump=np.full(number, dump, dtype=np.int32),
        precise=np.zeros(number, dtype=bool),
    )


def _marks(end: End, right: Changes, number: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """The right marks; a session that was heard of on the left does not appear again."""
    known = set(end.alive)
    marks = []
    for time_us, session, mark in right.marks:
        who = int(number[session])
        if mark == MARK_APPEARED and who in known:
            continue
        known.discard(who)
        marks.append((time_us, who, mark))
    return marks


def _rib(rib: RibMark, number: NDArray[np.int64]) -> RibMark:
    return replace(rib, entries={int(number[session]): counts for session, counts in rib.entries.items()})


def _sizes(end: End, right: Changes, number: NDArray[np.int64]) -> list[SizeColumns]:
    """Sizes at the seam are those of its dump, told where they differ from what the left part knew."""
    before = {
        (session, family): size
        for session, row in enumerate(end.sizes.tolist())
        for family, size in enumerate(row)
        if size
    }
    after = {
        (int(number[session]), family): size
        for session, counts in right.ribs[0].entries.items()
        for family, size in enumerate(counts)
        if size
    }
    changed = [(*key, after.get(key, 0)) for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    seam = np.array(changed, dtype=np.int64).reshape(-1, 3)
    told, sizes = slice(len(after), None), right.sizes
    return [
        SizeColumns(
            np.full(len(seam), right.ribs[0].time_us, dtype=np.int64),
            seam[:, 0].astype(np.int32),
            seam[:, 1].astype(np.int8),
            seam[:, 2].astype(np.int32),
        ),
        SizeColumns(
            sizes.time_us[told], number[sizes.session[told]].astype(np.int32), sizes.family[told], sizes.size[told]
        ),
    ]


def _sizes_joined(parts: Sequence[SizeColumns]) -> SizeColumns:
    if len(parts) == 1:
        return parts[0]
    return SizeColumns(
        np.concatenate([part.time_us for part in parts]),
        np.concatenate([part.session for part in parts]),
        np.concatenate([part.family for part in parts]),
        np.concatenate([part.size for part in parts]),
    )


def _silence(last_us: int | None, from_us: int, thresholds: Thresholds) -> list[Silence]:
    if last_us is None or from_us - last_us <= thresholds.silence_us:
        return []
    return [Silence(last_us, from_us)]


def _end(before: End, right: Changes, number: NDArray[np.int64], session_count: int) -> End | None:
    """The right part's end by the whole's sessions, without routes."""
    end = right.end
    if end is None:
        return None
    fallen = {int(number[session]) for _, session, mark in right.marks if mark == MARK_DOWN}
    sizes = np.zeros((session_count, FAMILY_COUNT), dtype=np.int64)
    sizes[number[: len(end.sizes)]] = end.sizes
    alive = frozenset({int(number[session]) for session in end.alive} | (before.alive - fallen))
    return End(kept(joined([])), alive, sizes)

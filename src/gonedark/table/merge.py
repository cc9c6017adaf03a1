"""Parts of one collector that follow each other in time, made into one, as if one tracker had followed it all.

Begin with :func:`merge`. Each part but the first begins with a complete table dump; where the dump repeats what the
part before had told, it says nothing new, and what it leaves out is gone. Any grouping of the parts gives the same
whole. Not for different collectors, whose parts the timeline unites.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

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
)
from gonedark.table.paths import unite
from gonedark.table.sizes import SizeColumns

FAMILY_COUNT = 2
T = TypeVar("T")


def merge(parts: Iterable[Changes], thresholds: Thresholds) -> Changes:
    """One collector's parts, in any order, as one. Each but the last must have an ``end``, and ``continues`` hold."""
    ordered = sorted(parts, key=_begin)
    whole = ordered[0]
    for part in ordered[1:]:
        whole = _join(whole, part, thresholds)
    return whole


def continues(left: Changes, right: Changes) -> bool:
    """Whether the right part's first dump tells everything that the left part's state would have."""
    if left.end is None or not right.ribs or right.first_us != right.ribs[0].time_us or not right.ribs[0].complete:
        return False
    covered = np.array(list(right.ribs[0].entries.values()), dtype=np.int64).reshape(-1, FAMILY_COUNT).any(axis=0)
    return not bool((left.end.sizes.any(axis=0) & ~covered).any())


def _begin(part: Changes) -> int:
    return -1 if part.first_us is None else part.first_us


@dataclass(frozen=True, slots=True)
class _Ids:
    """The right part's ids in the whole: common dictionaries, and where its own went."""

    session: NDArray[np.int64]
    prefix: NDArray[np.int64]
    path: NDArray[np.int32]


def _join(left: Changes, right: Changes, thresholds: Thresholds) -> Changes:
    assert left.end is not None, "only the last part has no end"
    sessions, to_session = _united(left.sessions, right.sessions)
    prefixes, to_prefix = _united(left.prefixes, right.prefixes)
    paths, (old_path, to_path) = unite([left.paths, right.paths])
    no_path = np.int32(NO_PATH)
    left = _renumbered(left, np.append(old_path, no_path))
    assert left.end is not None, "it had one before"
    ids = _Ids(to_session, to_prefix, np.append(to_path, no_path))
    from_us = right.ribs[0].time_us
    return replace(
        right,
        sessions=sessions,
        prefixes=prefixes,
        paths=paths,
        routes=_routes(left, right, ids, len(prefixes)),
        marks=(*left.marks, *_marks(left.end, right, ids)),
        ribs=(*left.ribs, *(_rib(rib, ids) for rib in right.ribs)),
        sizes=_sizes(left, right, ids),
        silences=(*left.silences, *_silence(left, from_us, thresholds), *right.silences),
        first_us=left.first_us if left.first_us is not None else right.first_us,
        update_instants=left.update_instants + right.update_instants,
        end=_end(left.end, right, ids, len(sessions)),
    )


def _renumbered(part: Changes, number: NDArray[np.int32]) -> Changes:
    """The part with other numbers for its paths, the last for no path; its dictionary is not looked at again."""
    end = None if part.end is None else replace(part.end, path=number[part.end.path])
    return replace(part, routes=replace(part.routes, path=number[part.routes.path]), end=end)


def _united(left: Sequence[T], right: Sequence[T]) -> tuple[tuple[T, ...], NDArray[np.int64]]:
    known = {item: index for index, item in enumerate(left)}
    numbers = [known.setdefault(item, len(known)) for item in right]
    return tuple(known), np.array(numbers, dtype=np.int64)


def _routes(left: Changes, right: Changes, ids: _Ids, prefix_count: int) -> RouteColumns:
    """The left rows, what the seam's dump changes, and the rest of the right rows."""
    assert left.end is not None, "only the last part has no end"
    routes, end = right.routes, left.end
    session, prefix, path = ids.session[routes.session], ids.prefix[routes.prefix], ids.path[routes.path]
    at_seam = routes.dump == 0
    span = max(1, prefix_count)
    held = end.session.astype(np.int64) * span + end.prefix
    order = np.argsort(held)
    held, held_path = held[order], end.path[order].astype(np.int64)
    dumped = session[at_seam] * span + prefix[at_seam]
    place = np.searchsorted(held, dumped)
    safe = np.minimum(place, max(0, len(held) - 1))
    repeats = np.zeros(len(dumped), dtype=bool)
    if len(held):
        repeats = (held[safe] == dumped) & (held_path[safe] == path[at_seam])
    keep = np.ones(len(session), dtype=bool)
    keep[np.flatnonzero(at_seam)[repeats]] = False
    gone = held[~np.isin(held, dumped)]
    number, shift = len(gone), len(left.ribs)
    from_us = right.ribs[0].time_us

    def joined(old: NDArray[Any], seam: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([old, seam.astype(old.dtype), new.astype(old.dtype)])

    dump = np.where(routes.dump >= 0, routes.dump + shift, routes.dump)
    old = left.routes
    return RouteColumns(
        time_us=joined(old.time_us, np.full(number, from_us), routes.time_us[keep]),
        session=joined(old.session, gone // span, session[keep]),
        prefix=joined(old.prefix, gone % span, prefix[keep]),
        path=joined(old.path, np.full(number, NO_PATH), path[keep]),
        dump=joined(old.dump, np.full(number, shift), dump[keep]),
        precise=joined(old.precise, np.zeros(number, dtype=bool), routes.precise[keep]),
    )


def _marks(end: End, right: Changes, ids: _Ids) -> list[tuple[int, int, int]]:
    """The right marks; a session that was heard of on the left does not appear again."""
    known = set(end.alive)
    marks = []
    for time_us, session, mark in right.marks:
        who = int(ids.session[session])
        if mark == MARK_APPEARED and who in known:
            continue
        known.discard(who)
        marks.append((time_us, who, mark))
    return marks


def _rib(rib: RibMark, ids: _Ids) -> RibMark:
    return replace(rib, entries={int(ids.session[session]): counts for session, counts in rib.entries.items()})


def _sizes(left: Changes, right: Changes, ids: _Ids) -> SizeColumns:
    """Sizes at the seam are those of its dump, told where they differ from what the left part knew."""
    assert left.end is not None, "only the last part has no end"
    before = {
        (session, family): size
        for session, row in enumerate(left.end.sizes.tolist())
        for family, size in enumerate(row)
        if size
    }
    after = {
        (int(ids.session[session]), family): size
        for session, counts in right.ribs[0].entries.items()
        for family, size in enumerate(counts)
        if size
    }
    changed = [(*key, after.get(key, 0)) for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    seam = np.array(changed, dtype=np.int64).reshape(-1, 3)
    told, old = slice(len(after), None), left.sizes
    return SizeColumns(
        np.concatenate([old.time_us, np.full(len(seam), right.ribs[0].time_us), right.sizes.time_us[told]]),
        np.concatenate([old.session, seam[:, 0], ids.session[right.sizes.session[told]]]).astype(np.int32),
        np.concatenate([old.family, seam[:, 1], right.sizes.family[told]]).astype(np.int8),
        np.concatenate([old.size, seam[:, 2], right.sizes.size[told]]).astype(np.int32),
    )


def _silence(left: Changes, from_us: int, thresholds: Thresholds) -> list[Silence]:
    if left.last_us is None or from_us - left.last_us <= thresholds.silence_us:
        return []
    return [Silence(left.last_us, from_us)]


def _end(before: End, right: Changes, ids: _Ids, session_count: int) -> End | None:
    end = right.end
    if end is None:
        return None
    fallen = {int(ids.session[session]) for _, session, mark in right.marks if mark == MARK_DOWN}
    sizes = np.zeros((session_count, FAMILY_COUNT), dtype=np.int64)
    sizes[ids.session[: len(end.sizes)]] = end.sizes
    return End(
        ids.session[end.session].astype(np.int32),
        ids.prefix[end.prefix].astype(np.int32),
        ids.path[end.path].astype(np.int32),
        frozenset({int(ids.session[session]) for session in end.alive} | (before.alive - fallen)),
        sizes,
    )

"""The changes of all collectors as those of one: common numbers, one order of time.

Begin with :func:`united`, then :func:`by_time`. Only a few stretches are in memory at a time. Not for decisions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family, Prefix
from gonedark.table.changes import FOREVER_US, NO_PATH, Changes, RouteColumns, Session, Stretch, joined
from gonedark.table.paths import AsPaths, unite

_LOWER = (1 << 64) - 1
_ROWS = 1 << 19
"""So many rows are put in order at once, or what happens in one instant."""


@dataclass(frozen=True, eq=False, slots=True)
class Union:
    """One family's prefixes and paths of all collectors, and each collector's changes by these numbers."""

    prefixes: tuple[Prefix, ...]
    paths: AsPaths
    parts: tuple[tuple[Stretch, ...], ...]


def united(parts: Sequence[Changes], number: dict[Session, int], family: Family) -> Union:
    """Give the parts' changes in one family common numbers; ``number`` is that of each session."""
    prefixes, to_prefixes = _prefixes(parts, family)
    paths, to_paths = unite([part.paths for part in parts])
    found = []
    for part, to_prefix, to_path in zip(parts, to_prefixes, to_paths, strict=True):
        to_session = np.array([number[session] for session in part.sessions], dtype=np.int32)
        numbers = _Numbers(to_session, to_prefix, np.append(to_path, np.int32(NO_PATH)))
        found.append(tuple(Stretch(one.since_us, partial(numbers.of, one)) for one in part.routes))
    return Union(prefixes, paths, tuple(found))


@dataclass(frozen=True, eq=False, slots=True)
class _Numbers:
    """Where a part's sessions, prefixes (-1: of the other family) and paths (the last: NO_PATH) went."""

    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]

    def of(self, stretch: Stretch) -> RouteColumns:
        """The family's rows of a stretch."""
        routes = stretch.load()
        prefix = self.prefix[routes.prefix]
        mine = prefix >= 0
        if not mine.all():
            routes, prefix = routes.take(mine), prefix[mine]
        return replace(routes, session=self.session[routes.session], prefix=prefix, path=self.path[routes.path])


def by_time(parts: Sequence[Sequence[Stretch]]) -> Iterator[RouteColumns]:
    """All changes in order of time, cut between instants; within one as the parts stand, and as each has them."""
    ahead = sorted(chain.from_iterable(map(_since, range(len(parts)), parts)), key=lambda one: one[0])
    waiting: list[tuple[int, RouteColumns]] = []
    sure_us = ahead[0][0] if ahead else 0
    for place, (_, part, stretch) in enumerate(ahead, 1):
        waiting.append((part, stretch.load()))
        # Nothing earlier comes any more.
        until_us = ahead[place][0] if place < len(ahead) else FOREVER_US
        many = sum(len(routes.time_us) for _, routes in waiting) >= _ROWS
        if until_us > sure_us and (many or place == len(ahead)):
            sure_us = until_us
            found, waiting = _before(until_us, waiting)
            if len(found.time_us):
                yield found


def _since(part: int, stretches: Sequence[Stretch]) -> Iterator[tuple[int, int, Stretch]]:
    """A part's stretches, each with the time before which neither it nor any behind it has a change."""
    since_us = np.array([stretch.since_us for stretch in stretches], dtype=np.int64)
    bounds = np.minimum.accumulate(since_us[::-1])[::-1].tolist()
    return ((bound, part, stretch) for bound, stretch in zip(bounds, stretches, strict=True))


def _before(
    until_us: int, waiting: Sequence[tuple[int, RouteColumns]]
) -> tuple[RouteColumns, list[tuple[int, RouteColumns]]]:
    """The rows before a moment in order of time, and what is left."""
    early: list[RouteColumns] = []
    late: list[tuple[int, RouteColumns]] = []
    for part, routes in sorted(waiting, key=lambda one: one[0]):
        is_early = routes.time_us < until_us
        if is_early.all():
            early.append(routes)
            continue
        early.append(routes.take(is_early))
        late.append((part, routes.take(~is_early)))
    found = joined(early)
    if not bool((found.time_us[1:] >= found.time_us[:-1]).all()):
        found = found.take(np.argsort(found.time_us, kind="stable"))
    return found, late


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

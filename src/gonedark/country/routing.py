"""The routing table at one moment, as questions about countries need it.

Begin with :func:`view_at` (out of a timeline, for reports) or :func:`views_of_dumps` (out of table dumps, for every
country at once). A :class:`RoutingView` holds one family's routes of the sessions that vote. Not for one country's
answers: :mod:`gonedark.country.national` cuts a country out of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gonedark.country.paths import Paths, cleaned, joined_paths
from gonedark.country.spans import nest_order
from gonedark.model.prefix import ADDRESS_BITS, FAMILIES, Family, Prefix
from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import Session
from gonedark.table.dump import (
    Grouped,
    RowColumns,
    TableDump,
    expand,
    full_feeds,
    group_routes,
)
from gonedark.table.snapshot import snapshot
from gonedark.table.timeline import Timeline


@dataclass(frozen=True, eq=False, slots=True)
class RoutingView:
    """One family's routes at ``time_us``.

    ``voter[s]`` is the ASN of session s where it is full feed, -1 where it does not vote. ``address`` (IPv4, or the
    upper 64 bits of IPv6), ``length`` and ``group`` stand one a prefix; the prefixes of group g have the routes
    ``start[g]`` to ``start[g + 1]`` of ``session`` and ``path``. Prefixes are in the order of
    :func:`gonedark.country.spans.nest_order`. ``is_world``: prefixes of all countries are in it.
    """

    family: Family
    time_us: int
    sessions: tuple[Session, ...]
    voter: NDArray[np.int64]
    address: NDArray[np.uint64]
    length: NDArray[np.uint8]
    group: NDArray[np.int32]
    start: NDArray[np.int64]
    session: NDArray[np.int32]
    path: NDArray[np.int32]
    paths: Paths
    is_world: bool
    is_complete: bool

    def prefix(self, index: int) -> Prefix:
        """The prefix with this index."""
        shift = 0 if self.family == "ipv4" else ADDRESS_BITS["ipv6"] - 64
        return Prefix(self.family, int(self.address[index]) << shift, int(self.length[index]))


def view_at(timeline: Timeline, time_us: int) -> RoutingView:
    """The routes of a timeline's prefixes after everything that happened before ``time_us``."""
    table = snapshot(timeline, time_us)
    # Every route stands in the place of its prefix and session, so that none need be compared.
    width = len(timeline.sessions)
    places = np.full(len(timeline.prefixes) * width, -1, dtype=np.int32)
    places[table.prefix.astype(np.int64) * width + table.session] = np.arange(len(table.path), dtype=np.int32)
    order = places[places >= 0]
    grouped = group_routes([(table.prefix[order], table.session[order], table.path[order])])
    held = np.flatnonzero(grouped.group >= 0)
    voter = np.full(len(timeline.sessions), -1, dtype=np.int64)
    for session in table.voting.tolist():
        voter[session] = timeline.sessions[session].asn
    shift = 0 if timeline.family == "ipv4" else ADDRESS_BITS["ipv6"] - 64
    address = np.array([prefix.address >> shift for prefix in timeline.prefixes], dtype=np.uint64)[held]
    length = np.array([prefix.length for prefix in timeline.prefixes], dtype=np.uint8)[held]
    nested = nest_order(timeline.family, address, length)
    return RoutingView(
        family=timeline.family,
        time_us=time_us,
        sessions=timeline.sessions,
        voter=voter,
        address=address[nested],
        length=length[nested],
        group=grouped.group[held[nested]],
        start=grouped.start,
        session=grouped.session,
        path=grouped.path,
        paths=cleaned(timeline.paths),
        is_world=False,
        is_complete=True,
    )


def views_of_dumps(dumps: Sequence[TableDump], paths: Sequence[Paths], rules: Thresholds) -> dict[Family, RoutingView]:
    """A view for each family of the dumps; ``paths`` are those of each dump."""
    views = {}
    for family in FAMILIES:
        mine = [at for at, dump in enumerate(dumps) if dump.family == family]
        if mine:
            views[family] = view_of_dumps([dumps[at] for at in mine], [paths[at] for at in mine], rules)
    return views


def view_of_dumps(dumps: Sequence[TableDump], paths: Sequence[Paths], rules: Thresholds) -> RoutingView:
    """The routes of one or several collectors' dumps of one family, each with its paths; at least one.

    Of several dumps of one collector the last one counts.
    """
    whole = [_with_pathless(dumps[at], paths[at]) for at in _latest(dumps)]
    dumps, paths = [dump for dump, _ in whole], [mine for _, mine in whole]
    feeds = full_feeds(dumps, rules)
    sessions = tuple(session for dump in dumps for session in dump.sessions)
    asns = np.array([session.asn for session in sessions], dtype=np.int64)
    voter = np.where(np.concatenate(feeds), asns, -1)
    lengths = [len(mine.origin) for mine in paths]
    address, length, grouped = _one(dumps[0]) if len(dumps) == 1 else _joined(dumps, lengths)
    nested = nest_order(dumps[0].family, address, length)
    return RoutingView(
        family=dumps[0].family,
        time_us=max(dump.time_us for dump in dumps),
        sessions=sessions,
        voter=voter,
        address=address[nested],
        length=length[nested],
        group=grouped.group[nested],
        start=grouped.start,
        session=grouped.session,
        path=grouped.path,
        paths=joined_paths(paths),
        is_world=True,
        is_complete=all(dump.complete for dump in dumps),
    )


def _with_pathless(dump: TableDump, paths: Paths) -> tuple[TableDump, Paths]:
    """Routes without an AS path, such as the collector's own, with an empty one."""
    if dump.path.min(initial=0) >= 0:
        return dump, paths
    empty = replace(
        paths,
        start=np.append(paths.start, paths.start[-1]),
        origin=np.append(paths.origin, np.int32(-1)),
    )
    return replace(dump, path=np.where(dump.path < 0, len(paths.origin), dump.path).astype(np.int32)), empty


def _latest(dumps: Sequence[TableDump]) -> list[int]:
    """Which dumps are the last ones of their collectors."""
    chosen: dict[str, int] = {}
    for at, dump in enumerate(dumps):
        name = dump.sessions[0].collector
        if name not in chosen or dump.time_us >= dumps[chosen[name]].time_us:
            chosen[name] = at
    return [chosen[name] for name in sorted(chosen)]


def _one(dump: TableDump) -> tuple[NDArray[np.uint64], NDArray[np.uint8], Grouped]:
    return dump.address, dump.length, Grouped(dump.group, dump.start, dump.session, dump.path)


def _joined(dumps: Sequence[TableDump], paths: Sequence[int]) -> tuple[NDArray[np.uint64], NDArray[np.uint8], Grouped]:
    """Several dumps with so many paths each as one: prefixes by their addresses, sessions and paths one dump after the
    other."""
    keys = np.concatenate([np.stack([dump.address, dump.length.astype(np.uint64)], axis=1) for dump in dumps])
    known, number = np.unique(keys, axis=0, return_inverse=True)
    grouped = group_routes(_rows_of(dumps, paths, number.reshape(-1), len(known)))
    return known[:, 0].copy(), known[:, 1].astype(np.uint8), grouped


_CHUNK = 1 << 15
"""Prefixes that are joined at a time, so that the rows of all of them never stand side by side."""


def _rows_of(
    dumps: Sequence[TableDump], paths: Sequence[int], number: NDArray[np.int64], count: int
) -> Iterator[RowColumns]:
    places = np.full((len(dumps), count), -1, dtype=np.int64)
    begin = 0
    for at, dump in enumerate(dumps):
        places[at, number[begin : begin + len(dump.address)]] = np.arange(len(dump.address))
        begin += len(dump.address)
    for first in range(0, count, _CHUNK):
        pieces = []
        sessions = before = 0
        for at, dump in enumerate(dumps):
            mine = places[at, first : first + _CHUNK]
            joined = np.flatnonzero(mine >= 0)
            rows, session, path = expand(mine[joined], dump.group, dump.start, dump.session, dump.path)
            back = np.full(len(dump.address), -1, dtype=np.int32)
            back[mine[joined]] = joined + first
            pieces.append((back[rows], session + np.int32(sessions), path + np.int32(before)))
            sessions += len(dump.sessions)
            before += paths[at]
        prefix, session, path = (np.concatenate(part) for part in zip(*pieces, strict=True))
        order = np.argsort(prefix, kind="stable")
        yield prefix[order], session[order], path[order]

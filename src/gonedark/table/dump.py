"""A routing table of one collector at one moment, whole: every session's routes, in groups of prefixes routed alike.

Begin with :func:`collect`, which turns the batches of one table dump into a :class:`TableDump`. A torn dump gives what
it holds and says so. Memory grows with the distinct groups of routes, not with the entries. Not for following updates,
which is the tracker, and not for one country: whoever asks cuts it out.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import FAMILIES, Family
from gonedark.model.thresholds import Thresholds
from gonedark.mrt import batch as rows
from gonedark.mrt.batch import Batch, Dictionaries
from gonedark.table.changes import Session
from gonedark.table.group_loop import Groups, sizes

RowColumns = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
"""Prefix, session and path of routes; the rows of a prefix stand together."""


@dataclass(frozen=True, eq=False, slots=True)
class TableDump:
    """One family of one collector's table.

    ``sizes`` are the sessions' numbers of prefixes. ``address`` (IPv4, or upper 64 bits of IPv6), ``length`` and
    ``group`` stand one a prefix; group g has the rows ``start[g]`` to ``start[g + 1]`` of ``session`` and ``path``.
    """

    family: Family
    time_us: int
    complete: bool
    sessions: tuple[Session, ...]
    sizes: NDArray[np.int64]
    address: NDArray[np.uint64]
    length: NDArray[np.uint8]
    group: NDArray[np.int32]
    start: NDArray[np.int64]
    session: NDArray[np.int32]
    path: NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True)
class Grouped:
    """What :func:`group_routes` found: a group for every prefix (-1: no route), and the rows of the groups."""

    group: NDArray[np.int32]
    start: NDArray[np.int64]
    session: NDArray[np.int32]
    path: NDArray[np.int32]


def collect(
    collector: str, dictionaries: Dictionaries, batches: Iterable[Batch], is_torn: Callable[[], bool]
) -> list[TableDump]:
    """One table dump as columns, one :class:`TableDump` for each family that it holds.

    ``is_torn`` is asked after the last batch.
    """
    span = [0, 0]
    grouped = group_routes(_columns(batches, span))
    complete = not is_torn()
    peers = tuple(Session(collector, peer.asn, peer.address) for peer in dictionaries.peers)
    six = dictionaries.prefix_families() > 0
    high, low = dictionaries.prefix_addresses().T
    held = np.full(dictionaries.prefix_count, -1, dtype=np.int32)
    held[: len(grouped.group)] = grouped.group[: len(held)]
    dumps = []
    for family in FAMILIES:
        mine = np.flatnonzero((held >= 0) & (six == (family == "ipv6")))
        if not len(mine):
            continue
        group = held[mine]
        members = np.bincount(group, minlength=len(grouped.start) - 1)
        dumps.append(
            TableDump(
                family=family,
                time_us=span[0],
                complete=complete,
                sessions=peers,
                sizes=sizes(members, grouped.start, grouped.session, len(peers)),
                address=(high if family == "ipv6" else low)[mine].copy(),
                length=dictionaries.prefix_lengths()[mine].copy(),
                group=group,
                start=grouped.start,
                session=grouped.session,
                path=grouped.path,
            )
        )
    return dumps


def full_feeds(dumps: Sequence[TableDump], rules: Thresholds) -> list[NDArray[np.bool_]]:
    """Which sessions of each dump are full feed (design: relative to the median of the large tables), all together."""
    sizes = np.concatenate([dump.sizes for dump in dumps]) if dumps else np.zeros(0, dtype=np.int64)
    if not len(sizes) or not sizes.max():
        return [np.zeros(len(dump.sizes), dtype=bool) for dump in dumps]
    reference = float(np.median(sizes[sizes >= rules.reference_share * sizes.max()]))
    return [(dump.sizes > 0) & (dump.sizes >= rules.full_feed_share * reference) for dump in dumps]


def group_routes(columns: Iterable[RowColumns]) -> Grouped:
    """Group prefixes by equal routes, from columns (prefix, session, path) in which a prefix's rows stand together.

    Prefixes that come back later (records of several peers, pieces of one record) are joined at the end.
    """
    # The secrets keep a hostile file from choosing collisions, so nobody may know them; no group depends on them.
    groups = Groups(*(int.from_bytes(os.urandom(8), "little") for _ in range(2)))
    late: list[tuple[NDArray[np.int32], ...]] = []
    for prefix, session, path in columns:
        if not len(prefix):
            continue
        groups.reserve(int(prefix.max()) + 1, int(session.max()) + 1, len(prefix))
        left = groups.add(prefix, session, path)
        if left.any():
            late.append((prefix[left], session[left], path[left]))
    if late:
        _join(groups, late)
    used = int(groups.start[groups.count])
    return Grouped(groups.group, groups.start[: groups.count + 1], groups.session[:used], groups.path[:used])


def _join(groups: Groups, late: list[tuple[NDArray[np.int32], ...]]) -> None:
    """Take back the groups of prefixes that came in pieces, and group them anew with all their rows."""
    prefix, session, path = (np.concatenate(part) for part in zip(*late, strict=True))
    again = np.unique(prefix)
    known, first_session, first_path = expand(again, groups.group, groups.start, groups.session, groups.path)
    prefix = np.concatenate([known, prefix])
    order = np.argsort(prefix, kind="stable")
    session, path = np.concatenate([first_session, session])[order], np.concatenate([first_path, path])[order]
    groups.group[again] = -1
    groups.reserve(0, int(session.max()) + 1, len(prefix))
    groups.add(np.ascontiguousarray(prefix[order]), np.ascontiguousarray(session), np.ascontiguousarray(path))


def expand(
    prefixes: NDArray[np.integer],
    group: NDArray[np.int32],
    start: NDArray[np.int64],
    session: NDArray[np.int32],
    path: NDArray[np.int32],
) -> RowColumns:
    """Rows (prefix, session, path) of some prefixes, out of their groups."""
    mine = group[prefixes]
    at, owner = ragged(start[mine], start[mine + 1])
    return prefixes[owner].astype(np.int32), session[at], path[at]


def ragged(begin: NDArray[np.integer], end: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All positions of the spans [begin, end), one after the other, and which span each belongs to."""
    counts = end - begin
    owner = np.repeat(np.arange(len(begin)), counts)
    at = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(begin, counts)
    return at, owner


def _columns(batches: Iterable[Batch], span: list[int]) -> Iterator[RowColumns]:
    """Rows of table entries; ``span`` takes the first and the last time."""
    for batch in batches:
        if not len(batch):
            continue
        columns = (batch.prefix, batch.peer, batch.path)
        time_us = batch.time_us
        if not _is_table(batch):
            taken = (batch.kind == rows.RIB_ENTRY) & (batch.prefix >= 0) & (batch.peer >= 0)
            if not taken.any():
                continue
            time_us = time_us[taken]
            columns = (batch.prefix[taken], batch.peer[taken], batch.path[taken])
        span[0] = span[0] or int(time_us[0])
        span[1] = max(span[1], int(time_us.max()))
        yield columns


def _is_table(batch: Batch) -> bool:
    """Whether all rows are table entries with a prefix and a peer, as is usual: asked without a column in between."""
    is_entry = batch.kind.min() == batch.kind.max() == rows.RIB_ENTRY
    return bool(is_entry and batch.prefix.min() >= 0 and batch.peer.min() >= 0)

"""Follows one collector's rows in order of time and keeps what later decisions need.

Feed :class:`Tracker` with batches (updates in order of time, each table dump whole at its own time) and take
:class:`~gonedark.table.changes.Changes` from :meth:`Tracker.finish`. Wanted prefixes keep every dated change with its
path; all others only count, since a full feed is decided by table sizes. Not for decisions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import FAMILIES, Prefix
from gonedark.model.thresholds import Thresholds
from gonedark.mrt import batch as rows
from gonedark.mrt.batch import Batch, Dictionaries
from gonedark.table.changes import (
    MARK_APPEARED,
    MARK_DOWN,
    MARK_END_OF_RIB_V4,
    MARK_END_OF_RIB_V6,
    MARK_ESTABLISHED,
    NO_PATH,
    Changes,
    End,
    RibMark,
    RouteColumns,
    Session,
    Silence,
    Stretch,
    held_routes,
    joined,
    kept,
)
from gonedark.table.holders_loop import Holders, take_first
from gonedark.table.paths import AsPaths, paths_of
from gonedark.table.sizes import SizeLog
from gonedark.table.trans import twins

ESTABLISHED = 6
_UNSEEN = -2
_SLAB = 1 << 13
"""So many prefixes of a table are compared at a time."""
_ROWS = 1 << 21
"""So many changes wait at most until somebody takes them."""

NationalTest = Callable[[Dictionaries, int, int], NDArray[np.bool_]]
"""Dictionaries and an id range [from, until) to one truth value a prefix: does it belong to the wanted ones?"""


@dataclass(frozen=True, slots=True)
class Dump:
    """What a table dump tells as a whole: times of its records, the peers of its index, and whether it is complete."""

    first_us: int
    last_us: int
    index_peers: tuple[int, ...]
    complete: bool


class Sink(Protocol):
    """Takes rows from a tracker, which forgets them. Their prefixes are slots, which ``slots`` has as ids of the
    dictionaries; so are their paths."""

    def take(self, routes: RouteColumns, slots: NDArray[np.int64]) -> None:
        """Changes, in order of time."""
        ...

    def hold(self, routes: RouteColumns, slots: NDArray[np.int64]) -> None:
        """Routes held in the end."""
        ...


class Tracker:
    """The state of one collector's sessions. ``dictionaries`` are shared by all readers of the collector.

    With a ``sink`` changes do not pile up here, and what is finished has neither routes nor prefixes nor paths.
    """

    def __init__(
        self,
        collector: str,
        dictionaries: Dictionaries,
        wanted: NationalTest,
        thresholds: Thresholds,
        sink: Sink | None = None,
    ) -> None:
        self._sink = sink
        self._waiting = 0
        self.collector = collector
        self._dictionaries = dictionaries
        self._wanted = wanted
        self._thresholds = thresholds
        self._national = np.zeros(0, dtype=bool)
        self._slots = np.zeros(0, dtype=np.int32)
        self._slot_ids = np.zeros(0, dtype=np.int64)
        self._current = np.full((16, 64), _UNSEEN, dtype=np.int32)
        self._named = np.zeros(0, dtype=np.int32)
        self._holders = Holders()
        self._alive: set[int] = set()
        self._routes: list[RouteColumns] = []
        self._marks: list[tuple[int, int, int]] = []
        self._ribs: list[RibMark] = []
        self._sizes = SizeLog()
        self._next_sample_us: int | None = None
        self._silences: list[Silence] = []
        self._first_us: int | None = None
        self._last_us: int | None = None
        self._instants = 0

    def feed(self, batch: Batch) -> None:
        """Rows of updates, in order of time; rows of table dumps are left out here."""
        self._grow()
        self._widen()
        self._holders.reserve(self._dictionaries.prefix_count, len(self._dictionaries.peers))
        updates = batch.kind != rows.RIB_ENTRY
        if not len(batch) or not updates.any():
            return
        if not updates.all():
            batch = select(batch, updates)
        batch = self._under_true_names(batch)
        time_us = np.maximum.accumulate(batch.time_us)
        self._note_time(time_us)
        start = 0
        for stop in self._stops(batch):
            self._apply(batch, time_us, start, stop)
            start = self._special(batch, time_us, stop)
        self._apply(batch, time_us, start, len(batch))

    def feed_rib(self, batches: Iterable[Batch], ended: Callable[[], Dump]) -> None:
        """One whole table dump, taken as of its first record. ``ended`` is asked after the last batch."""
        fresh = Holders()
        dumped = np.full((16, 64), _UNSEEN, dtype=np.int32)
        for batch in batches:
            self._grow()
            dumped = self._room(dumped)
            fresh.reserve(self._dictionaries.prefix_count, len(self._dictionaries.peers))
            if len(batch):
                entries = batch if (batch.kind == rows.RIB_ENTRY).all() else select(batch, batch.kind == rows.RIB_ENTRY)
                family = (entries.flags & rows.FAMILY_V6 > 0).astype(np.uint8)
                fresh.apply_rows(entries.kind, entries.peer, entries.prefix, family, 0, len(entries))
                self._collect(entries, dumped)
            if batch.presence is not None:
                presence = batch.presence
                fresh.apply_masks(presence.prefix, presence.mask, presence.family_v6.astype(np.uint8))
        self._finish_rib(fresh, dumped, ended())

    def finish(self, followed_us: int | None = None) -> Changes:
        """Everything seen, as frozen columns. The tracker may go on being fed afterwards.

        ``followed_us``: another part begins there with a table dump, so that the state at the end is told too.
        """
        if followed_us is not None:
            self._sample(followed_us)
        elif self._next_sample_us is not None:
            self._sample(self._next_sample_us)
        prefixes, paths, routes, number = self._kept()
        return Changes(
            collector=self.collector,
            sessions=tuple(Session(self.collector, peer.asn, peer.address) for peer in self._dictionaries.peers),
            prefixes=prefixes,
            paths=paths,
            routes=routes,
            marks=tuple(self._marks),
            ribs=tuple(self._ribs),
            sizes=self._sizes.columns(),
            silences=tuple(self._silences),
            first_us=self._first_us,
            last_us=self._last_us,
            update_instants=self._instants,
            end=None if followed_us is None else self._end(number),
        )

    def _kept(self) -> tuple[tuple[Prefix, ...], AsPaths, tuple[Stretch, ...], NDArray[np.int32]]:
        """Prefixes, paths and routes, and the numbers of the dictionaries' paths; nothing of it where a sink has it."""
        if self._sink is not None:
            self._pass_on()
            return (), AsPaths.from_tuples([]), (), np.zeros(0, dtype=np.int32)
        routes = joined(self._routes)
        self._routes = [routes]
        paths, number = self._paths(routes)
        return self._prefixes(), paths, (kept(replace(routes, path=number[routes.path])),), number

    def _pass_on(self) -> None:
        """Give the sink what waits."""
        if self._sink is not None and self._waiting:
            self._sink.take(joined(self._routes), self._slot_ids)
            self._routes, self._waiting = [], 0

    def _paths(self, routes: RouteColumns) -> tuple[AsPaths, NDArray[np.int32]]:
        """The paths of these routes, and for every id of the dictionaries its number among them (the last: NO_PATH)."""
        is_used = np.zeros(self._dictionaries.path_count + 1, dtype=bool)
        is_used[routes.path] = True
        is_used[NO_PATH] = False
        used = np.flatnonzero(is_used)
        paths, numbers = paths_of(self._dictionaries, used)
        number = np.full(len(is_used), NO_PATH, dtype=np.int32)
        number[used] = numbers
        return paths, number

    def _end(self, number: NDArray[np.int32]) -> End:
        """The state now, its routes where no sink takes them; ``number`` is that of each path in the part."""
        held: list[RouteColumns] = []
        for start in range(0, min(len(self._slot_ids), len(self._current)), _SLAB):
            slot, session = np.nonzero(self._current[start : start + _SLAB] >= 0)
            path = self._current[start + slot, session]
            routes = held_routes(session.astype(np.int32), (slot + start).astype(np.int32), path)
            if self._sink is None:
                held.append(replace(routes, path=number[path]))
            else:
                self._sink.hold(routes, self._slot_ids)
        sizes = self._holders.sizes[: len(self._dictionaries.peers)].copy()
        return End(kept(joined(held)), frozenset(self._alive), sizes)

    def _prefixes(self) -> tuple[Prefix, ...]:
        """The wanted prefixes by slot."""
        mine = self._slot_ids
        halves = self._dictionaries.prefix_addresses()[mine]
        lengths = self._dictionaries.prefix_lengths()[mine].tolist()
        families = self._dictionaries.prefix_families()[mine].tolist()
        columns = zip(halves[:, 0].tolist(), halves[:, 1].tolist(), lengths, families, strict=True)
        return tuple(Prefix(FAMILIES[family], high << 64 | low, length) for high, low, length, family in columns)

    # Rows of updates

    def _under_true_names(self, batch: Batch) -> Batch:
        """Rows of a peer that its messages call AS_TRANS go to the peer that the table names."""
        peers = self._dictionaries.peers
        if len(self._named) < len(peers):
            self._named = np.arange(len(peers), dtype=np.int32)
            for nameless, named in twins((peer.asn, peer.address) for peer in peers).items():
                self._named[nameless] = named
        known = self._named[batch.peer]
        return batch if np.array_equal(known, batch.peer) else replace(batch, peer=known)

    def _stops(self, batch: Batch) -> list[int]:
        """Rows that need a look of their own: states, End-of-RIBs, and where a session that was not alive speaks."""
        special = np.flatnonzero(batch.kind >= rows.STATE)
        speaks = np.zeros(len(self._dictionaries.peers), dtype=bool)
        speaks[batch.peer] = True
        new = set(np.flatnonzero(speaks).tolist()) - self._alive
        stops = {*special.tolist(), *(int(np.argmax(batch.peer == peer)) for peer in new)}
        for row in special[batch.kind[special] == rows.STATE].tolist():
            later = batch.peer[row + 1 :] == batch.peer[row]
            if later.any():
                stops.add(row + 1 + int(np.argmax(later)))
        return sorted(stops)

    def _apply(self, batch: Batch, time_us: NDArray[np.int64], start: int, stop: int) -> None:
        """Plain announcements and withdrawals in [start, stop), sampling sizes at every whole minute passed."""
        if start >= stop:
            return
        family = (batch.flags & rows.FAMILY_V6 > 0).astype(np.uint8)
        step = self._thresholds.size_step_us
        at = start
        while at < stop:
            if self._next_sample_us is None:
                self._next_sample_us = (int(time_us[at]) // step + 1) * step
            until = min(stop, int(np.searchsorted(time_us, self._next_sample_us)))
            if until > at:
                self._holders.apply_rows(batch.kind, batch.peer, batch.prefix, family, at, until)
                at = until
            if at < stop:
                self._sample(self._next_sample_us)
                self._next_sample_us = None
        self._keep(batch, time_us, start, stop)

    def _keep(self, batch: Batch, time_us: NDArray[np.int64], start: int, stop: int) -> None:
        """Dated changes of the wanted prefixes."""
        prefix = batch.prefix[start:stop]
        mine = np.flatnonzero((prefix >= 0) & self._national[prefix]) + start
        if not len(mine):
            return
        slot = self._slots[batch.prefix[mine]]
        path = np.where(batch.kind[mine] == rows.WITHDRAW, NO_PATH, batch.path[mine])
        self._current[slot, batch.peer[mine]] = path
        precise = (batch.flags[mine] & rows.PRECISE_TIME) > 0
        self._emit(time_us[mine], batch.peer[mine], slot, path, -1, precise)

    def _special(self, batch: Batch, time_us: NDArray[np.int64], row: int) -> int:
        """A session's state, an End-of-RIB, or the first row of a session. Returns the next row to apply plainly."""
        kind, peer, now_us = int(batch.kind[row]), int(batch.peer[row]), int(time_us[row])
        if kind == rows.STATE:
            self._state(now_us, peer, int(batch.state[row]) & 0xFF)
            return row + 1
        if peer not in self._alive:
            self._alive.add(peer)
            self._marks.append((now_us, peer, MARK_APPEARED))
        if kind == rows.END_OF_RIB:
            self._sample(now_us)
            six = bool(batch.flags[row] & rows.FAMILY_V6)
            self._marks.append((now_us, peer, MARK_END_OF_RIB_V6 if six else MARK_END_OF_RIB_V4))
            return row + 1
        return row

    def _state(self, now_us: int, peer: int, state: int) -> None:
        self._sample(now_us)
        if state == ESTABLISHED:
            self._marks.append((now_us, peer, MARK_ESTABLISHED))
            self._alive.add(peer)
        else:
            self._marks.append((now_us, peer, MARK_DOWN))
            self._alive.discard(peer)
        self._holders.clear_session(peer)
        self._current[:, peer] = _UNSEEN
        self._sample(now_us)

    # Table dumps

    def _collect(self, batch: Batch, dumped: NDArray[np.int32]) -> None:
        """Write a dump's wanted entries into the matrix (slot, session); the first of several paths stands."""
        take_first(batch.prefix, batch.peer, batch.path, self._slots, dumped, _UNSEEN)

    def _finish_rib(self, fresh: Holders, dumped: NDArray[np.int32], dump: Dump) -> None:
        """Compare the dump with what the updates told, keep the differences, and go on from the dump."""
        self._grow()
        fresh.reserve(self._dictionaries.prefix_count, len(self._dictionaries.peers))
        self._note_time(np.array([dump.first_us, dump.last_us], dtype=np.int64), is_update=False)
        self._sample(dump.first_us)
        counts = fresh.sizes
        members = sorted(set(dump.index_peers) | set(np.flatnonzero(counts.any(axis=1)).tolist()))
        entries = {peer: (int(counts[peer, 0]), int(counts[peer, 1])) for peer in members}
        covered: NDArray[np.bool_] = np.any(np.asarray(counts) > 0, axis=0)
        self._compare(dumped, covered if dump.complete else np.zeros(2, dtype=bool), dump.first_us)
        self._take_over(fresh, covered, complete=dump.complete)
        self._ribs.append(RibMark(dump.first_us, dump.last_us, dump.complete, entries))
        self._alive.update(peer for peer in members if counts[peer].any())
        self._sample(dump.first_us)

    def _compare(self, dumped: NDArray[np.int32], covered: NDArray[np.bool_], now_us: int) -> None:
        """Keep what the dump says otherwise than the updates, and what it leaves out in families that it covers.

        In slabs, since there may be as many differences as a table has routes.
        """
        dumped = self._room(dumped)
        dumped = _grown(dumped, tuple(np.maximum(dumped.shape, self._current.shape).tolist()))
        for start in range(0, len(self._slot_ids), _SLAB):
            told = dumped[start : start + _SLAB]
            known = _grown(self._current[start : start + _SLAB], told.shape)
            silent = told == _UNSEEN
            ours = covered[self._family_of(self._slot_ids[start : start + _SLAB])]
            told[: len(ours)][ours[:, None] & (silent & (known >= 0))[: len(ours)]] = NO_PATH
            slot, session = np.nonzero((told != known) & (told != _UNSEEN))
            path = told[slot, session]
            time_us = np.broadcast_to(np.int64(now_us), len(slot))
            self._emit(time_us, session, slot + start, path, len(self._ribs), np.broadcast_to(np.False_, len(slot)))
            np.copyto(told, known, where=told == _UNSEEN)
        self._current = dumped

    def _take_over(self, fresh: Holders, covered: NDArray[np.bool_], *, complete: bool) -> None:
        """Who holds what is as the dump says, in the families it covers; a torn dump only adds."""
        if complete and not self._holders.sizes[:, ~covered].any():
            self._holders = fresh
            return
        self._holders.reserve(self._dictionaries.prefix_count, len(self._dictionaries.peers))
        if complete:
            self._holders.clear_families(self._family_of(np.arange(len(self._national))), covered)
        held = np.flatnonzero(fresh.bits.any(axis=1)).astype(np.int32)
        self._holders.apply_masks(held, np.ascontiguousarray(fresh.bits[held]), self._family_of(held))

    def _family_of(self, prefixes: NDArray[np.integer]) -> NDArray[np.uint8]:
        """0 for IPv4, 1 for IPv6."""
        families: NDArray[np.uint8] = self._dictionaries.prefix_families()[prefixes]
        return families

    # Book-keeping

    def _grow(self) -> None:
        """Follow the dictionaries: which new prefixes are wanted."""
        known, count = len(self._national), self._dictionaries.prefix_count
        if count > known:
            national = self._wanted(self._dictionaries, known, count)
            slots = np.full(count - known, -1, dtype=np.int32)
            fresh = np.flatnonzero(national)
            slots[fresh] = len(self._slot_ids) + np.arange(len(fresh), dtype=np.int32)
            self._slot_ids = np.concatenate([self._slot_ids, fresh + known])
            self._national = np.concatenate([self._national, national])
            self._slots = np.concatenate([self._slots, slots])

    def _widen(self) -> None:
        """Room in the state for every wanted prefix and session."""
        self._current = self._room(self._current)

    def _room(self, matrix: NDArray[np.int32]) -> NDArray[np.int32]:
        """The matrix (slot, session) with room for all that is known."""
        height, width = matrix.shape
        tall = height if len(self._slot_ids) <= height else max(len(self._slot_ids), 2 * height)
        return _grown(matrix, (tall, max(len(self._dictionaries.peers), width)))

    def _sample(self, now_us: int) -> None:
        """Note every size that changed since the last sample."""
        peers = len(self._dictionaries.peers)
        self._holders.reserve(0, peers)
        self._sizes.note(now_us, self._holders.sizes[:peers])

    def _note_time(self, time_us: NDArray[np.int64], *, is_update: bool = True) -> None:
        """First and last record, distinct instants, and stretches without any record; times must ascend."""
        instants = time_us[np.flatnonzero(np.diff(time_us, prepend=-1))]
        if self._last_us is not None:
            instants = instants[instants > self._last_us]
            if len(instants):
                instants = np.concatenate([[self._last_us], instants])
        for at in np.flatnonzero(np.diff(instants) > self._thresholds.silence_us).tolist():
            self._silences.append(Silence(int(instants[at]), int(instants[at + 1])))
        if len(instants):
            self._first_us = int(instants[0]) if self._first_us is None else self._first_us
            if is_update:
                self._instants += len(instants) - (self._last_us is not None)
            self._last_us = int(instants[-1])

    def _emit(
        self,
        time_us: NDArray[np.int64],
        session: NDArray[np.integer],
        slot: NDArray[np.integer],
        path: NDArray[np.int32],
        dump: int,
        precise: NDArray[np.bool_],
    ) -> None:
        dumps = np.full(len(time_us), dump, dtype=np.int32)
        self._routes.append(
            RouteColumns(
                time_us, session.astype(np.int32), slot.astype(np.int32), path.astype(np.int32), dumps, precise
            )
        )
        self._waiting += len(time_us)
        if self._waiting >= _ROWS:
            self._pass_on()


def _grown(matrix: NDArray[np.int32], shape: tuple[int, int]) -> NDArray[np.int32]:
    """The matrix in a larger shape, what is new unseen."""
    if matrix.shape == shape:
        return matrix
    larger = np.full(shape, _UNSEEN, dtype=np.int32)
    larger[: matrix.shape[0], : matrix.shape[1]] = matrix
    return larger


def select(batch: Batch, which: NDArray[np.bool_] | slice) -> Batch:
    """The same batch with fewer rows; a dump's presence stays with the caller."""
    return Batch(
        batch.dictionaries,
        batch.time_us[which],
        batch.kind[which],
        batch.peer[which],
        batch.prefix[which],
        batch.path[which],
        batch.flags[which],
        batch.state[which],
    )

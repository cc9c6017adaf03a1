"""The first half of decoding: bytes in any chunking go in, steps of rows that name their keys by index come out.

Begin with :class:`Parser`. It owns the buffer and runs the loops over it one after the other: framing, table dumps or
messages, attributes. It knows no ids, so that it can run ahead in a thread of its own. Not for interning, which is
:mod:`gonedark.mrt.resolver`.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import FAMILIES, Family
from gonedark.mrt.attribute_loop import FINDINGS as ATTRIBUTE_FINDINGS
from gonedark.mrt.attribute_loop import AttributeLoop
from gonedark.mrt.batch import ANNOUNCE, NONE, TREATED_AS_WITHDRAWN, WITHDRAW
from gonedark.mrt.frame_loop import CAUSES as GAP_CAUSES
from gonedark.mrt.frame_loop import Framer
from gonedark.mrt.message_loop import MessageLoop
from gonedark.mrt.peer_index import read_peer_index
from gonedark.mrt.rib_loop import RibLoop
from gonedark.mrt.scratch import FINDINGS, Keys, Records, Rows, view
from gonedark.mrt.sink_loop import FINDING_CAUSES, Sink
from gonedark.mrt.step import Holders, Note, Step
from gonedark.mrt.summary import Notes

Ranges = dict[Family, NDArray[np.uint64]]

OTHER, INDEX, TABLE_V1, TABLE_V2, MESSAGE = range(5)
BUFFER_BYTES = 5 << 19
PIECE_BYTES = 3 << 21
SEAM_BYTES = 1 << 15
"""A larger piece is parsed where it lies; only so much of it is copied, behind the record that began before it."""
EARLIER_ROWS = 4
"""The columns of so many batches are looked at for those to write anew."""
MASK_WORDS_MAX = 1 << 20
"""Words of the mask column of one step: with very many peers, fewer prefixes are noted at a time."""
HOLDERS_A_BATCH = 1 << 17
TORN_CAUSES = (0, 1, 4)
SHORT_RECORD = 5
"""Codes of the framing loop's causes."""


class StoppedError(Exception):
    """Nobody will answer which ids the peers of an index have: whoever took the steps has gone."""


def _kind_table() -> NDArray[np.uint8]:
    """Which loop a record of each type and subtype is for; all above 63 are like 63."""
    kinds = np.full((64, 64), OTHER, np.uint8)
    kinds[12] = TABLE_V1
    kinds[13] = TABLE_V2
    kinds[13, 1], kinds[13, 7] = INDEX, OTHER
    kinds[[5, 16, 17]] = MESSAGE
    return kinds


KINDS = _kind_table()


def _runs(types: NDArray[np.int32], subtypes: NDArray[np.int32]) -> list[tuple[int, int, int]]:
    """Runs of records for the same loop: which one, first, behind the last."""
    kinds = KINDS[np.minimum(types, 63), np.minimum(subtypes, 63)]
    if (kinds == kinds[0]).all():
        return [(int(kinds[0]), 0, len(kinds))]
    edges = (np.flatnonzero(np.diff(kinds)) + 1).tolist()
    return [(int(kinds[first]), first, last) for first, last in pairwise([0, *edges, len(kinds)])]


def _flat(ranges: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Inclusive ranges sorted and merged, first and last in turn."""
    if not len(ranges):
        return np.empty(0, np.uint64)
    order = np.argsort(ranges[:, 0], kind="stable")
    first, last = ranges[order, 0], np.maximum.accumulate(ranges[order, 1])
    apart = (first[1:] > 0) & (first[1:] - np.uint64(1) > last[:-1])
    starts = np.flatnonzero(np.append(True, apart))
    ends = np.append(starts[1:] - 1, len(first) - 1)
    return np.stack([first[starts], last[ends]], axis=1).ravel()


def _wanted(ranges: Ranges | None) -> tuple[memoryview, memoryview] | None:
    if ranges is None:
        return None
    none: NDArray[np.uint64] = np.empty((0, 2), np.uint64)
    v4, v6 = (_flat(ranges.get(family, none)) for family in FAMILIES)
    return view(v4), view(v6)


class Parser:
    """Parses one stream. ``feed`` it bytes, then ``finish``; both iterate over steps as they are made.

    ``key_sets``: how many steps may exist at a time, the one being made among them. Where a step asks for the ids of
    its peers, put them into ``peer_ids`` before the next step is asked for, or None to stop.
    """

    def __init__(
        self,
        *,
        ranges: Ranges | None,
        everything: bool,
        attributes: bool,
        batch_rows: int,
        peers_max: int,
        secrets: tuple[int, int],
        key_sets: int = 1,
    ) -> None:
        self.peer_ids: SimpleQueue[NDArray[np.int32] | None] = SimpleQueue()
        self.entries = np.zeros(2 * peers_max, np.int64)
        """How many prefixes each peer has in tables with an index: by twice its id, plus one for IPv6."""
        self._peers_max = peers_max
        self._batch_rows = batch_rows
        self._keeps = attributes
        self._blocks: list[bytes] = []
        self._forms: list[int] = []
        self._notes: list[Note] = []
        self._records = records = Records(batch_rows)
        self._gaps = [np.empty(FINDINGS, np.int64) for _ in range(3)]
        columns = (records.record_time_us, records.record_type, records.record_subtype)
        spans = (records.record_start, records.record_end)
        self._framer = Framer([view(column) for column in (*columns, *spans)], [view(column) for column in self._gaps])
        wanted = _wanted(ranges)
        self._attributes = AttributeLoop(records, view, secrets)
        self._ribs = RibLoop(records, view, self._attributes, wanted, everything)
        self._messages = MessageLoop(records, view, self._attributes, wanted, everything)
        self._all_keys: list[Keys] = []
        self._key_sets = key_sets
        self._turn = 0
        self._rows = Rows(batch_rows, attributes=attributes)
        self._earlier: list[Rows] = []
        self._used = 0
        self._held = 0
        self._words = 0
        self._counted_in = np.zeros(peers_max, np.int64)
        self._own = np.empty(BUFFER_BYTES, np.uint8)
        self._look_at(self._own, 0)
        self._use_rows()
        self._use_keys()

    @property
    def stream_bytes(self) -> int:
        """How many bytes were fed so far."""
        return int(self._framer.base) + self._fill

    def _note(self, method: Callable[..., None], *arguments: Any) -> None:
        self._notes.append((method, arguments))

    def _look_at(self, buffer: NDArray[np.uint8], fill: int) -> None:
        """Parse from this buffer from now on, of which so many bytes are there."""
        self._buffer, self._fill = buffer, fill
        self._framer.use(view(buffer))
        base = self._framer.base
        for loop in (self._ribs, self._messages, self._attributes):
            loop.use(view(buffer), base)

    def _use_rows(self) -> None:
        for loop in (self._ribs, self._messages):
            loop.use_rows(self._rows, view)

    def _use_keys(self) -> None:
        """Each step has keys of its own, until it is its turn again."""
        if len(self._all_keys) < self._key_sets:
            self._all_keys.append(Keys(self._batch_rows))
        self._keys = self._all_keys[self._turn]
        self._turn = (self._turn + 1) % self._key_sets
        for loop in (self._ribs, self._messages):
            loop.use_keys(self._keys, view)

    def _use_peers(self, ids: NDArray[np.int32]) -> None:
        """Entries of table dumps name peers by their place in ``ids``, of which NONE are peers that did not fit."""
        peer_map = np.full(1 << 16, NONE, np.int32)
        peer_map[: len(ids)] = ids
        table_peers = np.unique(ids[ids != NONE]).astype(np.int32)
        self._words = (int(table_peers.max(initial=0)) + 64) // 64
        holders = min(len(self._records.holder_prefix), max(MASK_WORDS_MAX // self._words, 64))
        self._mask = np.empty(holders * self._words, np.uint64)
        twice = 2 * self._peers_max
        previous = (np.zeros(twice, np.int64), np.full(twice, -1, np.int32), np.zeros(twice, np.int32))
        self._ribs.use_peers(
            view(peer_map),
            view(table_peers),
            tuple(view(column) for column in (*previous, np.zeros(self._peers_max, np.uint8))),
            (view(self._counted_in), view(self.entries)),
            view(self._mask),
            self._words,
        )

    def feed(self, data: bytes | memoryview) -> Iterator[Step]:
        """Parse what has become whole with these further bytes."""
        for start in range(0, len(data), PIECE_BYTES):
            piece = memoryview(data)[start : start + PIECE_BYTES]
            seam = SEAM_BYTES if len(piece) > 2 * SEAM_BYTES else len(piece)
            self._append(piece[:seam])
            yield from self._drain(False)
            if seam < len(piece):
                yield from self._behind_seam(piece, seam)

    def _behind_seam(self, piece: memoryview, seam: int) -> Iterator[Step]:
        """Parse a large piece where it lies, unless a record reaches across the whole seam."""
        if self._fill - self._framer.position > seam:
            self._append(piece[seam:])
            yield from self._drain(False)
            return
        self._framer.shift(self._fill - seam)
        self._look_at(np.frombuffer(piece, np.uint8), len(piece))
        yield from self._drain(False)
        done = self._framer.position
        self._framer.shift(done)
        self._look_at(self._own, 0)
        self._append(piece[done:])

    def finish(self, damage: str | None = None) -> Iterator[Step]:
        """No more bytes will come; ``damage`` says why, where it is not simply the end. The last step ends a batch."""
        yield from self._drain(True)
        if damage is not None:
            self._note(Notes.damage, self.stream_bytes, damage)
        yield self._step(first=self._used, last=self._used, ends_batch=True)

    def _append(self, data: memoryview) -> None:
        needed = self._fill + len(data)
        if needed > len(self._buffer):
            self._make_room(len(data))
        self._buffer[self._fill : self._fill + len(data)] = np.frombuffer(data, np.uint8)
        self._fill += len(data)

    def _make_room(self, count: int) -> None:
        """Drop what was parsed; where the rest still leaves too little room, move to a larger buffer."""
        done = self._framer.position
        rest = self._buffer[done : self._fill].copy()
        self._framer.shift(done)
        if len(rest) + count > len(self._own):
            self._own = np.empty((len(rest) + count) * 3 // 2, np.uint8)
        self._own[: len(rest)] = rest
        self._look_at(self._own, len(rest))

    def _drain(self, at_end: bool) -> Iterator[Step]:
        framer = self._framer
        while at_end or self._fill - framer.position >= framer.wanted:
            count = framer.run(self._fill, at_end)
            self._note_gaps(framer.gaps)
            if count:
                times_us = self._records.record_time_us[:count]
                self._note(Notes.times, count, int(times_us.min()), int(times_us.max()))
                yield from self._parse(count)
            elif not framer.gaps:
                return

    def _note_gaps(self, count: int) -> None:
        first, until, cause = self._gaps
        for index in range(count):
            code = int(cause[index])
            if code == SHORT_RECORD:
                self._note(Notes.finding, int(first[index]), GAP_CAUSES[code], "read with them")
            else:
                self._note(Notes.gap, int(first[index]), int(until[index]), GAP_CAUSES[code], code in TORN_CAUSES)

    def _parse(self, count: int) -> Iterator[Step]:
        """Hand each run of records of one kind to its loop."""
        records = self._records
        for kind, first, last in _runs(records.record_type[:count], records.record_subtype[:count]):
            if kind == INDEX:
                self._note(Notes.kinds, last - first, 0)
                for record in range(first, last):
                    yield from self._read_index(record)
            elif kind == MESSAGE:
                self._note(Notes.kinds, 0, last - first)
                yield from self._run(self._messages, first, last)
            elif kind != OTHER:
                self._note(Notes.kinds, last - first, 0)
                if not self._words:
                    self._use_peers(np.empty(0, np.int32))
                yield from self._run(self._ribs, first, last)
            else:
                self._note_other(first, last)

    def _note_other(self, first: int, last: int) -> None:
        for record in range(first, last):
            kind, subtype = int(self._records.record_type[record]), int(self._records.record_subtype[record])
            if (kind, subtype) != (13, 7):
                byte = self._framer.base + int(self._records.record_start[record])
                cause = f"MRT type {kind}, subtype {subtype} holds no routes that are read"
                self._note(Notes.finding, byte, cause, "skipped")

    def _read_index(self, record: int) -> Iterator[Step]:
        """A step that asks for the ids of the peers, before their entries can be read."""
        keys = self._keys
        start, end = int(self._records.record_start[record]), int(self._records.record_end[record])
        index = read_peer_index(self._buffer[start:end].tobytes())
        if index.cause is not None:
            byte = self._framer.base + start
            self._note(Notes.finding, byte, index.cause, "entries of the missing peers are left out")
        self._note(Notes.index, index.view_name, index.collector_id)
        for at, peer in enumerate(index.peers):
            keys.peer_asn[at], keys.peer_family[at] = peer.asn, peer.v6
            keys.peer_high[at], keys.peer_low[at] = peer.high, peer.low
        yield self._step(peers=len(index.peers), asks_peers=True)
        ids = self.peer_ids.get()
        if ids is None:
            raise StoppedError
        self._use_peers(ids)

    def _run(self, loop: RibLoop | MessageLoop, first: int, last: int) -> Iterator[Step]:
        while first < last:
            before = self._used
            loop.rows = before
            self._keys.reserve_side(len(self._buffer))
            self._attributes.use_keys(self._keys, view)
            first += loop.run(first, last)
            self._used = loop.rows
            self._note_findings(loop)
            self._note_attributes()
            if self._keeps:
                self._keep_blocks(loop.blocks, slice(before, self._used))
            if self._attributes.withdrawn:
                self._withdraw(loop.blocks, slice(before, self._used))
            holders = self._holders() if loop is self._ribs and self._ribs.holders else None
            yield self._step(
                first=before,
                last=self._used,
                prefixes=loop.prefixes,
                peers=loop.peers,
                paths=loop.blocks,
                from_messages=loop is self._messages,
                holders=holders,
                ends_batch=self._used > self._rows.room or self._held > HOLDERS_A_BATCH,
            )

    def _step(self, *, ends_batch: bool = False, **counts: Any) -> Step:
        """A step with the keys so far; the next one has others, and other rows where this one ends the batch."""
        notes, self._notes = self._notes, []
        keys, rows = self._keys, self._rows
        kept = (tuple(self._blocks), tuple(self._forms)) if ends_batch and self._keeps else None
        step = Step(notes, keys, rows, ends_batch=ends_batch, kept=kept, **counts)
        self._use_keys()
        if ends_batch:
            self._rows = self._next_rows()
            self._used = self._held = 0
            self._blocks, self._forms = [], []
            self._use_rows()
        return step

    def _next_rows(self) -> Rows:
        """Columns of an earlier batch that is gone, or new ones."""
        self._earlier = [*self._earlier, self._rows][-EARLIER_ROWS:]
        for at, rows in enumerate(self._earlier):
            if rows.is_free:
                del self._earlier[at]
                rows.is_resolved = False
                return rows
        return Rows(self._batch_rows, attributes=self._keeps)

    def _note_findings(self, loop: Sink) -> None:
        records = self._records
        for index in range(min(loop.findings, FINDINGS)):
            cause = FINDING_CAUSES[records.finding_code[index]]
            self._note(Notes.finding, int(records.finding_byte[index]), cause, "the rest of it is left out")
        if loop.findings > FINDINGS:
            self._note(Notes.more_findings, loop.findings - FINDINGS)

    def _note_attributes(self) -> None:
        records, loop = self._records, self._attributes
        for index in range(min(loop.findings, FINDINGS)):
            cause, treatment = ATTRIBUTE_FINDINGS[records.attribute_code[index]]
            self._note(Notes.finding, int(records.attribute_byte[index]), cause, treatment)
        if loop.findings > FINDINGS:
            self._note(Notes.more_findings, loop.findings - FINDINGS)

    def _keep_blocks(self, count: int, rows: slice) -> None:
        """Copy the attributes for the batch, since the buffer moves on."""
        records, index = self._records, self._rows.path[rows]
        self._rows.block[rows] = np.where(index == NONE, NONE, index + len(self._blocks))
        starts, lengths = records.block_start[:count].tolist(), records.block_length[:count].tolist()
        data = view(self._buffer)
        self._blocks.extend(bytes(data[start : start + length]) for start, length in zip(starts, lengths, strict=True))
        self._forms.extend(records.block_form[:count].tolist())

    def _withdraw(self, blocks: int, span: slice) -> None:
        """Treat as withdrawn what malformed attributes announce (RFC 7606 section 2)."""
        verdicts, rows = self._records.block_verdict, self._rows
        verdicts[blocks] = 0
        verdict = verdicts[: blocks + 1].take(rows.path[span], mode="wrap") != 0
        rows.path[span][verdict] = NONE
        rows.kind[span][verdict & (rows.kind[span] == ANNOUNCE)] = WITHDRAW
        rows.flags[span][verdict] |= TREATED_AS_WITHDRAWN

    def _holders(self) -> Holders:
        """Who has which foreign prefixes, copied, since the columns are written anew."""
        records, count = self._records, self._ribs.holders
        self._held += count
        prefix = records.holder_prefix[:count].copy()
        if records.holder_peer[0] == NONE:
            return Holders(prefix, None, self._mask[: count * self._words].reshape(count, self._words).copy())
        return Holders(prefix, records.holder_peer[:count].copy(), np.empty((count, 0), np.uint64))

"""The incremental core: bytes in any chunking go in, batches of rows come out.

Begin with :class:`Decoder`. It owns the buffer, runs the loops over it one after the other (framing, table dumps or
messages, attributes, interning) and keeps notes for the summary. Not for files, which is :mod:`gonedark.mrt.reader`.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import FAMILIES, Family
from gonedark.mrt.attribute_loop import FINDINGS as ATTRIBUTE_FINDINGS
from gonedark.mrt.attribute_loop import AttributeLoop
from gonedark.mrt.batch import (
    ANNOUNCE,
    FAMILY_V6,
    NONE,
    STATE,
    TREATED_AS_WITHDRAWN,
    WITHDRAW,
    Attributes,
    Batch,
    Presence,
)
from gonedark.mrt.dictionaries import PEERS_MAX, Dictionaries, address_text
from gonedark.mrt.frame_loop import CAUSES as GAP_CAUSES
from gonedark.mrt.frame_loop import Framer
from gonedark.mrt.message_loop import MessageLoop
from gonedark.mrt.multipath_loop import DROPPED
from gonedark.mrt.peer_index import read_peer_index
from gonedark.mrt.rib_loop import RibLoop
from gonedark.mrt.scratch import FINDINGS, RECORD_ROWS, Scratch, view
from gonedark.mrt.sink_loop import FINDING_CAUSES, Sink
from gonedark.mrt.summary import Notes, Summary

Ranges = dict[Family, NDArray[np.uint64]]
Kept = slice | NDArray[np.bool_]

OTHER, INDEX, TABLE_V1, TABLE_V2, MESSAGE = range(5)
BUFFER_BYTES = 5 << 19
PIECE_BYTES = 1 << 21
SEAM_BYTES = 1 << 15
"""A larger piece is decoded where it lies; only so much of it is copied, behind the record that began before it."""
MASK_WORDS_MAX = 1 << 20
"""Words of the mask column of one step: with very many peers, fewer prefixes are noted at a time."""
HOLDERS_A_BATCH = 1 << 17
TORN_CAUSES = (0, 1, 4)
SHORT_RECORD = 5
"""Codes of the framing loop's causes."""


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


class Decoder:
    """Decodes one stream. ``feed`` it bytes, then ``finish``; both iterate over batches as they fill up."""

    def __init__(
        self,
        dictionaries: Dictionaries,
        *,
        name: str = "",
        ranges: Ranges | None = None,
        everything: bool = False,
        attributes: bool = False,
        batch_rows: int = 1 << 18,
    ) -> None:
        self.dictionaries = dictionaries
        self._blocks: list[bytes] | None = [] if attributes else None
        self._forms: list[int] = []
        self._block_index = np.empty(batch_rows + RECORD_ROWS if attributes else 0, np.int32)
        self.notes = Notes(name)
        self._scratch = scratch = Scratch(batch_rows)
        self._gaps = [np.empty(FINDINGS, np.int64) for _ in range(3)]
        records = (scratch.record_time_us, scratch.record_type, scratch.record_subtype)
        spans = (scratch.record_start, scratch.record_end)
        self._framer = Framer([view(column) for column in (*records, *spans)], [view(column) for column in self._gaps])
        wanted = _wanted(ranges)
        self._ribs = RibLoop(scratch, view, wanted, everything)
        self._messages = MessageLoop(scratch, view, wanted, everything)
        self._attributes = AttributeLoop(scratch, view)
        self._everything = everything
        self._rows = 0
        self._dropped = 0
        self._fill = 0
        self._holders: list[tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.bool_]]] = []
        self._held = 0
        self._entries = np.zeros(2 * PEERS_MAX, np.int64)
        self._counted_in = np.zeros(PEERS_MAX, np.int64)
        self._local = np.zeros((2, PEERS_MAX), np.uint64)
        self._own = np.empty(BUFFER_BYTES, np.uint8)
        self._side = np.empty(0, np.uint8)
        self._look_at(self._own, 0)
        self._use_peers(np.empty(0, np.int32))

    def _look_at(self, buffer: NDArray[np.uint8], fill: int) -> None:
        """Decode from this buffer from now on, of which so many bytes are there."""
        self._buffer, self._fill = buffer, fill
        if len(self._side) < 2 * len(buffer) + 1024:
            self._side = np.empty(2 * len(buffer) + 1024, np.uint8)
        self._framer.use(view(buffer))
        self._use_base()

    def _use_base(self) -> None:
        """The buffer begins at another byte of the stream."""
        buffer, base = view(self._buffer), self._framer.base
        self._ribs.use(buffer, base)
        self._messages.use(buffer, base)
        self._attributes.use(buffer, base, view(self._side))

    def _use_peers(self, ids: NDArray[np.int32]) -> None:
        """Entries of table dumps name peers by their place in ``ids``, of which NONE are peers that did not fit."""
        peer_map = np.full(1 << 16, NONE, np.int32)
        peer_map[: len(ids)] = ids
        table_peers = np.unique(ids[ids != NONE]).astype(np.int32)
        self._words = (int(table_peers.max(initial=0)) + 64) // 64
        holders = min(len(self._scratch.holder_prefix), max(MASK_WORDS_MAX // self._words, 64))
        self._mask = np.empty(holders * self._words, np.uint64)
        twice = 2 * PEERS_MAX
        previous = (np.zeros(twice, np.int64), np.full(twice, -1, np.int32), np.zeros(twice, np.int32))
        self._ribs.use_peers(
            view(peer_map),
            view(table_peers),
            tuple(view(column) for column in (*previous, np.zeros(PEERS_MAX, np.uint8))),
            (view(self._counted_in), view(self._entries)),
            view(self._mask),
            self._words,
        )

    @property
    def summary(self) -> Summary:
        """What is known so far."""
        used = np.flatnonzero(self._entries).tolist()
        entries = {(index // 2, FAMILIES[index % 2]): int(self._entries[index]) for index in used}
        return self.notes.summary(entries, self._framer.base + self._fill)

    def feed(self, data: bytes | memoryview) -> Iterator[Batch]:
        """Decode what has become whole with these further bytes."""
        for start in range(0, len(data), PIECE_BYTES):
            piece = memoryview(data)[start : start + PIECE_BYTES]
            seam = SEAM_BYTES if len(piece) > 2 * SEAM_BYTES else len(piece)
            self._append(piece[:seam])
            yield from self._drain(False)
            if seam < len(piece):
                yield from self._behind_seam(piece, seam)

    def _behind_seam(self, piece: memoryview, seam: int) -> Iterator[Batch]:
        """Decode a large piece where it lies, unless a record reaches across the whole seam."""
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

    def finish(self, damage: str | None = None) -> Iterator[Batch]:
        """No more bytes will come; ``damage`` says why, where it is not simply the end. Gives the last batch."""
        yield from self._drain(True)
        end = self._framer.base + self._fill
        if damage is not None:
            if self.notes.gaps and self.notes.gaps[-1].until_byte == end:
                end = self.notes.gaps.pop().from_byte
                self.notes.gap_count -= 1
            self.notes.gap(end, None, damage, True)
        yield from self._batches()

    def _append(self, data: memoryview) -> None:
        needed = self._fill + len(data)
        if needed > len(self._buffer):
            self._make_room(len(data))
        self._buffer[self._fill : self._fill + len(data)] = np.frombuffer(data, np.uint8)
        self._fill += len(data)

    def _make_room(self, count: int) -> None:
        """Drop what was decoded; where the rest still leaves too little room, move to a larger buffer."""
        done = self._framer.position
        rest = self._buffer[done : self._fill].copy()
        self._framer.shift(done)
        if len(rest) + count > len(self._own):
            self._own = np.empty((len(rest) + count) * 3 // 2, np.uint8)
        self._own[: len(rest)] = rest
        self._look_at(self._own, len(rest))

    def _drain(self, at_end: bool) -> Iterator[Batch]:
        framer = self._framer
        while at_end or self._fill - framer.position >= framer.wanted:
            count = framer.run(self._fill, at_end)
            self._note_gaps(framer.gaps)
            if count:
                self.notes.times(self._scratch.record_time_us[:count])
                yield from self._decode(count)
            elif not framer.gaps:
                return

    def _note_gaps(self, count: int) -> None:
        first, until, cause = self._gaps
        for index in range(count):
            code = int(cause[index])
            if code == SHORT_RECORD:
                self.notes.finding(int(first[index]), GAP_CAUSES[code], "read with them")
            else:
                self.notes.gap(int(first[index]), int(until[index]), GAP_CAUSES[code], code in TORN_CAUSES)

    def _decode(self, count: int) -> Iterator[Batch]:
        """Hand each run of records of one kind to its loop."""
        scratch = self._scratch
        for kind, first, last in _runs(scratch.record_type[:count], scratch.record_subtype[:count]):
            if kind == INDEX:
                self.notes.tables += last - first
                for record in range(first, last):
                    self._read_index(record)
            elif kind == MESSAGE:
                self.notes.messages += last - first
                yield from self._run(self._messages, first, last)
            elif kind != OTHER:
                self.notes.tables += last - first
                yield from self._run(self._ribs, first, last)
            else:
                self._note_other(first, last)

    def _note_other(self, first: int, last: int) -> None:
        for record in range(first, last):
            kind, subtype = int(self._scratch.record_type[record]), int(self._scratch.record_subtype[record])
            if (kind, subtype) != (13, 7):
                byte = self._framer.base + int(self._scratch.record_start[record])
                self.notes.finding(byte, f"MRT type {kind}, subtype {subtype} holds no routes that are read", "skipped")

    def _read_index(self, record: int) -> None:
        scratch, notes = self._scratch, self.notes
        start, end = int(scratch.record_start[record]), int(scratch.record_end[record])
        index = read_peer_index(self._buffer[start:end].tobytes())
        if index.cause is not None:
            notes.finding(self._framer.base + start, index.cause, "entries of the missing peers are left out")
        for at, peer in enumerate(index.peers):
            scratch.peer_asn[at], scratch.peer_family[at] = peer.asn, peer.v6
            scratch.peer_high[at], scratch.peer_low[at] = peer.high, peer.low
        count = len(index.peers)
        self.dictionaries.intern_peers(scratch, count)
        ids = scratch.peer_ids[:count].copy()
        notes.view_name, notes.collector_id = index.view_name, index.collector_id
        known = set(notes.index_peers)
        notes.index_peers += [peer for peer in dict.fromkeys(ids.tolist()) if peer not in known and peer != NONE]
        self._use_peers(ids)

    def _run(self, loop: RibLoop | MessageLoop, first: int, last: int) -> Iterator[Batch]:
        while first < last:
            before = self._rows
            loop.rows = before
            first += loop.run(first, last)
            self._rows = loop.rows
            self._note_findings(loop)
            rows = slice(before, self._rows)
            self._resolve(loop, rows)
            if not self._everything and self._rows > before:
                self._dropped += self.dictionaries.follow_paths(self._scratch, rows)
            if loop is self._ribs and self._ribs.holders:
                self._hold(self._ribs.holders)
            if self._rows > self._scratch.row_room or self._held > HOLDERS_A_BATCH:
                yield from self._batches()

    def _note_findings(self, loop: Sink) -> None:
        scratch = self._scratch
        for index in range(min(loop.findings, FINDINGS)):
            cause = FINDING_CAUSES[scratch.finding_code[index]]
            self.notes.finding(int(scratch.finding_byte[index]), cause, "the rest of it is left out")
        self.notes.finding_count += max(0, loop.findings - FINDINGS)

    def _resolve(self, loop: Sink, rows: slice) -> None:
        """Turn the indexes that the loop left in rows into ids."""
        scratch, dictionaries = self._scratch, self.dictionaries
        dictionaries.intern_prefixes(scratch, loop.prefixes)
        if loop.peers:
            dictionaries.intern_peers(scratch, loop.peers)
            dictionaries.replace(scratch.peer[rows], scratch.peer_ids, loop.peers)
            if loop is self._messages:
                self._note_locals(loop.peers)
            else:
                self._count_v1(rows)
        self._resolve_paths(loop.blocks, rows)
        dictionaries.replace(scratch.prefix[rows], scratch.prefix_ids, loop.prefixes)

    def _resolve_paths(self, blocks: int, rows: slice) -> None:
        scratch = self._scratch
        if blocks:
            if self._blocks is not None:
                self._keep_blocks(self._blocks, blocks, rows)
            self._attributes.run(blocks)
            self._note_attributes()
            self.dictionaries.intern_paths(scratch, blocks, view(self._buffer), view(self._side))
            if scratch.block_verdict[:blocks].any():
                self._withdraw(blocks, rows)
        elif self._blocks is not None:
            self._block_index[rows] = NONE
        self.dictionaries.replace(scratch.path[rows], scratch.block_ids, blocks)

    def _keep_blocks(self, kept: list[bytes], count: int, rows: slice) -> None:
        """Copy the attributes for the batch, since the buffer moves on."""
        index = self._scratch.path[rows]
        self._block_index[rows] = np.where(index == NONE, NONE, index + len(kept))
        starts, lengths = self._scratch.block_start[:count].tolist(), self._scratch.block_length[:count].tolist()
        data = view(self._buffer)
        kept.extend(bytes(data[start : start + length]) for start, length in zip(starts, lengths, strict=True))
        self._forms.extend(self._scratch.block_form[:count].tolist())

    def _withdraw(self, blocks: int, rows: slice) -> None:
        """Treat as withdrawn what malformed attributes announce (RFC 7606 section 2)."""
        scratch = self._scratch
        scratch.block_verdict[blocks] = 0
        verdict = scratch.block_verdict[: blocks + 1].take(scratch.path[rows], mode="wrap") != 0
        scratch.path[rows][verdict] = NONE
        scratch.kind[rows][verdict & (scratch.kind[rows] == ANNOUNCE)] = WITHDRAW
        scratch.flags[rows][verdict] |= TREATED_AS_WITHDRAWN

    def _note_attributes(self) -> None:
        scratch, loop = self._scratch, self._attributes
        for index in range(min(loop.findings, FINDINGS)):
            cause, treatment = ATTRIBUTE_FINDINGS[scratch.finding_code[index]]
            self.notes.finding(int(scratch.finding_byte[index]), cause, treatment)
        self.notes.finding_count += max(0, loop.findings - FINDINGS)

    def _note_locals(self, count: int) -> None:
        """Remember the collector's own addresses; only a change costs more than a comparison."""
        scratch = self._scratch
        peers = scratch.peer_ids[:count]
        high, low = scratch.local_high[:count], scratch.local_low[:count]
        changed = ((self._local[0].take(peers) != high) | (self._local[1].take(peers) != low)) & (peers != NONE)
        for index in np.flatnonzero(changed).tolist():
            peer = int(peers[index])
            self._local[:, peer] = high[index], low[index]
            v6 = bool(scratch.peer_family[index])
            self.notes.local_address(peer, address_text(int(high[index]), int(low[index]), v6))

    def _count_v1(self, rows: slice) -> None:
        scratch = self._scratch
        peers = scratch.peer[rows]
        v6 = (scratch.flags[rows] & FAMILY_V6) // FAMILY_V6
        np.add.at(self._entries, (2 * peers + v6)[peers != NONE], 1)

    def _hold(self, count: int) -> None:
        """Keep who has which foreign prefixes, for the next batch."""
        scratch = self._scratch
        index = scratch.holder_prefix[:count]
        v6 = scratch.prefix_family[index].astype(np.bool_)
        prefixes = scratch.prefix_ids[index]
        if scratch.holder_peer[0] == NONE:
            mask = self._mask[: count * self._words].reshape(count, self._words).copy()
        else:
            peers = scratch.peer_ids[scratch.holder_peer[:count]]
            np.add.at(self._entries, (2 * peers + v6)[peers != NONE], 1)
            mask = np.zeros((count, int(peers.max(initial=0)) // 64 + 1), np.uint64)
            rows = np.flatnonzero(peers != NONE)
            mask[rows, peers[rows] // 64] = np.uint64(1) << (peers[rows] % 64).astype(np.uint64)
        self._holders.append((prefixes, mask, v6))
        self._held += count

    def _presence(self) -> Presence | None:
        if not self._holders:
            return None
        words = max(mask.shape[1] for _, mask, _ in self._holders)
        wide = np.zeros((self._held, words), np.uint64)
        at = 0
        for _, mask, _ in self._holders:
            wide[at : at + len(mask), : mask.shape[1]] = mask
            at += len(mask)
        prefixes = np.concatenate([prefix for prefix, _, _ in self._holders])
        v6 = np.concatenate([family for _, _, family in self._holders])
        self._holders, self._held = [], 0
        return Presence(prefixes, wide, v6)

    def _batches(self) -> Iterator[Batch]:
        """The batch so far, if there is anything in it; the columns are written anew from the beginning."""
        if self._rows > self._dropped or self._holders:
            yield self._batch()
        self._rows = self._dropped = 0

    def _batch(self) -> Batch:
        """The rows so far as a batch, with columns of its own."""
        scratch, rows = self._scratch, slice(0, self._rows)
        kept: Kept = slice(None)
        if self.dictionaries.overflowed or self._dropped:
            kept = (scratch.peer[rows] != NONE) & ((scratch.prefix[rows] != NONE) | (scratch.kind[rows] >= STATE))
            kept &= scratch.kind[rows] != DROPPED
        return Batch(
            self.dictionaries,
            time_us=scratch.time_us[rows][kept].copy(),
            kind=scratch.kind[rows][kept].copy(),
            peer=scratch.peer[rows][kept].copy(),
            prefix=scratch.prefix[rows][kept].copy(),
            path=scratch.path[rows][kept].copy(),
            flags=scratch.flags[rows][kept].copy(),
            state=scratch.state[rows][kept].copy(),
            presence=self._presence(),
            attributes=self._attributes_of(rows, kept),
            path_id=None if self._blocks is None else scratch.path_id[rows][kept].copy(),
        )

    def _attributes_of(self, rows: slice, kept: Kept) -> Attributes | None:
        if self._blocks is None:
            return None
        attributes = Attributes(self._block_index[rows][kept].copy(), tuple(self._blocks), tuple(self._forms))
        self._blocks, self._forms = [], []
        return attributes

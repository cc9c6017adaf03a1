"""The second half of decoding: steps go in, their keys become ids, batches come out.

Begin with :class:`Resolver`. It alone touches the dictionaries and the notes, in the order of the stream, so that ids
and summaries never depend on how far the parser has run ahead.
"""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import FAMILIES
from gonedark.mrt.batch import FAMILY_V6, NONE, STATE, Attributes, Batch, Presence
from gonedark.mrt.dictionaries import PEERS_MAX, Dictionaries, address_text
from gonedark.mrt.multipath_loop import DROPPED
from gonedark.mrt.scratch import Rows
from gonedark.mrt.step import Holders, Step
from gonedark.mrt.summary import Notes, Summary

Cell = TypeVar("Cell", bound=np.generic)
Kept = slice | NDArray[np.bool_]
SPARE = 2
"""Columns of which less than half is used are copied, so that small batches do not hold large ones' memory."""


class Resolver:
    """Resolves the steps of one stream; ``take`` them in order. ``everything`` as with the reader."""

    def __init__(self, dictionaries: Dictionaries, name: str, *, everything: bool) -> None:
        self.notes = Notes(name)
        self._dictionaries = dictionaries
        self._everything = everything
        self._dropped = 0
        self._holders: list[tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.bool_]]] = []
        self._entries = np.zeros(2 * PEERS_MAX, np.int64)
        self._local = np.zeros((2, PEERS_MAX), np.uint64)

    def summary(self, entries: NDArray[np.int64], stream_bytes: int) -> Summary:
        """What is known so far; ``entries`` as the parser counted them."""
        known = slice(0, 2 * len(self._dictionaries.peers))
        both = self._entries[known] + entries[known]
        used = np.flatnonzero(both).tolist()
        return self.notes.summary({(at // 2, FAMILIES[at % 2]): int(both[at]) for at in used}, stream_bytes)

    def peers_of(self, step: Step) -> NDArray[np.int32]:
        """The ids of a peer index table."""
        self._dictionaries.intern_peers(step.keys, step.peers)
        ids = step.keys.peer_ids[: step.peers].copy()
        known = set(self.notes.index_peers)
        self.notes.index_peers += [peer for peer in dict.fromkeys(ids.tolist()) if peer not in known and peer != NONE]
        return ids

    def take(self, step: Step) -> Iterator[Batch]:
        """Turn the indexes in the step's rows into ids; the batch, where this step ends one."""
        for method, arguments in step.notes:
            method(self.notes, *arguments)
        rows = slice(step.first, step.last)
        self._resolve(step, rows)
        if not self._everything and step.last > step.first:
            self._dropped += self._dictionaries.follow_paths(step.rows, rows)
        if step.holders is not None:
            self._hold(step, step.holders)
        if step.ends_batch:
            batch = self._batch(step) if step.last > self._dropped or self._holders else None
            self._dropped = 0
            step.rows.is_resolved = True
            if batch is not None:
                yield batch

    def _resolve(self, step: Step, rows: slice) -> None:
        keys, dictionaries = step.keys, self._dictionaries
        if step.prefixes:
            dictionaries.intern_prefixes(keys, step.prefixes)
        if step.peers and not step.asks_peers:
            dictionaries.intern_peers(keys, step.peers)
            dictionaries.replace(step.rows.peer[rows], keys.peer_ids, step.peers)
            if step.from_messages:
                self._note_locals(step)
            else:
                self._count_v1(step.rows, rows)
        if step.paths:
            dictionaries.intern_paths(keys, step.paths)
        dictionaries.replace(step.rows.path[rows], keys.path_ids, step.paths)
        dictionaries.replace(step.rows.prefix[rows], keys.prefix_ids, step.prefixes)

    def _note_locals(self, step: Step) -> None:
        """Remember the collector's own addresses; only a change costs more than a comparison."""
        keys, count = step.keys, step.peers
        peers = keys.peer_ids[:count]
        high, low = keys.local_high[:count], keys.local_low[:count]
        changed = ((self._local[0].take(peers) != high) | (self._local[1].take(peers) != low)) & (peers != NONE)
        for index in np.flatnonzero(changed).tolist():
            peer = int(peers[index])
            self._local[:, peer] = high[index], low[index]
            v6 = bool(keys.peer_family[index])
            self.notes.local_address(peer, address_text(int(high[index]), int(low[index]), v6))

    def _count_v1(self, rows: Rows, span: slice) -> None:
        peers = rows.peer[span]
        v6 = (rows.flags[span] & FAMILY_V6) // FAMILY_V6
        np.add.at(self._entries, (2 * peers + v6)[peers != NONE], 1)

    def _hold(self, step: Step, holders: Holders) -> None:
        """Keep who has which foreign prefixes, for the batch."""
        keys, mask = step.keys, holders.mask
        v6 = keys.prefix_family[holders.prefix].astype(np.bool_)
        prefixes = keys.prefix_ids[holders.prefix]
        if holders.peer is not None:
            peers = keys.peer_ids[holders.peer]
            np.add.at(self._entries, (2 * peers + v6)[peers != NONE], 1)
            mask = np.zeros((len(prefixes), int(peers.max(initial=0)) // 64 + 1), np.uint64)
            rows = np.flatnonzero(peers != NONE)
            mask[rows, peers[rows] // 64] = np.uint64(1) << (peers[rows] % 64).astype(np.uint64)
        self._holders.append((prefixes, mask, v6))

    def _presence(self) -> Presence | None:
        if not self._holders:
            return None
        words = max(mask.shape[1] for _, mask, _ in self._holders)
        prefixes = np.concatenate([prefix for prefix, _, _ in self._holders])
        wide = np.zeros((len(prefixes), words), np.uint64)
        at = 0
        for _, mask, _ in self._holders:
            wide[at : at + len(mask), : mask.shape[1]] = mask
            at += len(mask)
        v6 = np.concatenate([family for _, _, family in self._holders])
        self._holders = []
        return Presence(prefixes, wide, v6)

    def _batch(self, step: Step) -> Batch:
        """The rows of the batch that this step ends."""
        rows, span = step.rows, slice(0, step.last)
        kept: Kept = slice(None)
        if self._dictionaries.overflowed or self._dropped:
            kept = (rows.peer[span] != NONE) & ((rows.prefix[span] != NONE) | (rows.kind[span] >= STATE))
            kept &= rows.kind[span] != DROPPED

        def column(cells: NDArray[Cell]) -> NDArray[Cell]:
            chosen = cells[span][kept]
            return chosen.copy() if SPARE * step.last < len(cells) else chosen

        return Batch(
            self._dictionaries,
            time_us=column(rows.time_us),
            kind=column(rows.kind),
            peer=column(rows.peer),
            prefix=column(rows.prefix),
            path=column(rows.path),
            flags=column(rows.flags),
            state=column(rows.state),
            presence=self._presence(),
            attributes=None if step.kept is None else Attributes(column(rows.block), *step.kept),
            path_id=None if step.kept is None else column(rows.path_id),
        )

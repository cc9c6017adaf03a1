# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Values to ids: hash tables of prefixes, peers and AS paths, in flat columns.

Begin with :class:`Interner`, which :class:`gonedark.mrt.dictionaries.Dictionaries` owns and feeds with memory. Ids
count from zero in order of first appearance and never change. Bytes are always compared: the hash only says
where to look.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import (
        copy,
        equal,
        fold,
        get16,
        get32,
        prefetch_slot,
        prefetch_span,
        put16,
        put32,
    )
else:
    from gonedark.mrt.span import copy, equal, fold, get16, get32, prefetch_slot, prefetch_span, put16, put32

PLACE_MASK = cython.declare(cython.ulonglong, (1 << 32) - 1)
AHEAD = cython.declare(cython.Py_ssize_t, 12)
"""How many paths earlier memory is asked for: first the slot, as many paths later the bytes."""
TURN_MASK = cython.declare(cython.Py_ssize_t, 63)
"""Hashes of the prefixes on their way are kept in turn."""
HEAD = cython.declare(cython.Py_ssize_t, 6)
LONGEST = cython.declare(cython.Py_ssize_t, 0x1FFFE)
"""More bytes than any path has: 64 KiB of attributes, with AS numbers of two bytes that become four."""
AS_SET = cython.declare(cython.int, 1)
AS_SEQUENCE = cython.declare(cython.int, 2)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _refill(slots: cython.ulonglong[::1], shift: cython.int, old: cython.ulonglong[::1]) -> cython.int:
    """From smaller to larger slots, both in order of their hashes, so that memory is walked straight through."""
    mask: cython.Py_ssize_t = (slots.shape[0] if cython.compiled else len(slots)) - 1
    number: cython.Py_ssize_t
    slot: cython.Py_ssize_t
    for number in range(old.shape[0] if cython.compiled else len(old)):
        if old[number] != 0:
            # The hash's upper half is the slot's, so that the shift from the whole of it holds here too.
            slot = old[number] >> shift
            while slots[slot] != 0:
                slot = (slot + 1) & mask
            slots[slot] = old[number]
    return 0


@cython.cfunc
@cython.nogil
@cython.boundscheck(False)
@cython.exceptval(-1, check=False)
def _replace(cells: cython.int[::1], known: cython.int[::1]) -> cython.int:
    """Indexes by what is known at them. Raises IndexError."""
    count: cython.Py_ssize_t = known.shape[0] if cython.compiled else len(known)
    at: cython.Py_ssize_t
    for at in range(cells.shape[0] if cython.compiled else len(cells)):
        if cells[at] >= count:
            raise IndexError("an index of nothing known")
        if cells[at] >= 0:
            cells[at] = known[cells[at]]
    return 0


@cython.final
@cython.cclass
class Interner:
    """Three hash tables with open addressing; sizes of slot columns are powers of two.

    Peers: slots hold id + 1. Prefixes and paths: the upper half of a slot holds 32 bits of hash, whose upper bits are
    the slot's number; the lower half id + 1 of the prefix, or 1 + half the place of the path in the arena. There, 4
    bytes of id and 2 of half its length come before its bytes: memory that is not touched costs no time. The owner
    reserves memory first; that it did is checked once for many keys, and looking one of them up checks no bounds.
    """

    seed: cython.ulonglong
    key: cython.ulonglong
    prefix_slots: cython.ulonglong[::1]
    prefix_shift: cython.int
    prefix_address: cython.ulonglong[::1]
    prefix_length: cython.uchar[::1]
    prefix_family: cython.uchar[::1]
    peer_slots: cython.int[::1]
    peer_asn: cython.uint[::1]
    peer_high: cython.ulonglong[::1]
    peer_low: cython.ulonglong[::1]
    peer_family: cython.uchar[::1]
    path_slots: cython.ulonglong[::1]
    path_shift: cython.int
    path_offset: cython.uint[::1]
    arena: cython.uchar[::1]
    hashes: cython.ulonglong[::1]
    side: cython.uchar[::1]
    span_start: cython.longlong[::1]
    span_length: cython.int[::1]
    span_hash: cython.ulonglong[::1]
    prefixes = cython.declare(cython.Py_ssize_t, visibility="public")
    peers = cython.declare(cython.Py_ssize_t, visibility="public")
    paths = cython.declare(cython.Py_ssize_t, visibility="public")
    arena_used = cython.declare(cython.Py_ssize_t, visibility="public")

    def __init__(self, seed: int, key: int, hashes: Any) -> None:
        self.seed, self.key = seed, key
        self.hashes = hashes
        self.prefixes = 0
        self.peers = 0
        self.paths = 0
        self.arena_used = 0

    def use_prefixes(self, slots: Any, address: Any, length: Any, family: Any) -> None:
        """Larger memory: columns with what was there before, empty slots to be filled anew."""
        old: cython.ulonglong[::1] = self.prefix_slots if self.prefixes else slots
        self.prefix_slots, self.prefix_address = slots, address
        self.prefix_length, self.prefix_family = length, family
        self.prefix_shift = 65 - len(slots).bit_length()
        if self.prefixes:
            with cython.nogil:
                _refill(self.prefix_slots, self.prefix_shift, old)

    def use_peers(self, slots: Any, asn: Any, high: Any, low: Any, family: Any) -> None:
        """Memory for peers, once."""
        self.peer_slots, self.peer_asn, self.peer_high, self.peer_low, self.peer_family = slots, asn, high, low, family

    def use_paths(self, slots: Any, offset: Any, arena: Any) -> None:
        """Larger memory for paths, as for prefixes; slots may stay as they are (None)."""
        self.path_offset, self.arena = offset, arena
        if slots is None:
            return
        old: cython.ulonglong[::1] = self.path_slots if self.paths else slots
        self.path_slots = slots
        self.path_shift = 65 - len(slots).bit_length()
        if self.paths:
            with cython.nogil:
                _refill(self.path_slots, self.path_shift, old)

    def forget_paths(self) -> None:
        """There are none; memory for further ones must be given before."""
        self.paths = 0
        self.arena_used = 0

    def intern_prefixes(self, high: Any, low: Any, length: Any, family: Any, ids: Any, count: int, room: int) -> None:
        """Ids of ``count`` prefixes into ``ids``; -1 for new ones once there are ``room``."""
        highs: cython.ulonglong[::1] = high
        lows: cython.ulonglong[::1] = low
        lengths: cython.uchar[::1] = length
        families: cython.uchar[::1] = family
        out: cython.int[::1] = ids
        value: cython.ulonglong
        step: cython.Py_ssize_t
        at: cython.Py_ssize_t
        last: cython.Py_ssize_t = count
        limit: cython.Py_ssize_t = room
        self._check_prefixes(min(self.prefixes + count, room))
        with cython.nogil:
            for step in range(last + 2 * AHEAD):
                if step < last:
                    value = self._mix_prefix(highs[step], lows[step], lengths[step], families[step])
                    self.hashes[step & TURN_MASK] = value
                    prefetch_slot(self.prefix_slots, value >> self.prefix_shift)
                if AHEAD <= step < last + AHEAD:
                    self._ask_prefix(self.hashes[(step - AHEAD) & TURN_MASK])
                if step >= 2 * AHEAD:
                    at = step - 2 * AHEAD
                    value = self.hashes[at & TURN_MASK]
                    out[at] = self._prefix(value, highs[at], lows[at], lengths[at], families[at], limit)

    def _check_prefixes(self, count: int) -> None:
        """That so many prefixes find room, so that it need not be asked for each. Raises IndexError."""
        columns = (len(self.prefix_length), len(self.prefix_family), len(self.prefix_address) // 2)
        if count > min(columns) or count >= len(self.prefix_slots) or len(self.hashes) <= TURN_MASK:
            raise IndexError("more prefixes than there is room for")

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _ask_prefix(self, value: cython.ulonglong) -> cython.int:
        """Ask for what the slot points to."""
        found: cython.ulonglong = self.prefix_slots[value >> self.prefix_shift] & PLACE_MASK
        if found:
            prefetch_slot(self.prefix_address, 2 * (found - 1))
            prefetch_span(self.prefix_length, found - 1, 1)
            prefetch_span(self.prefix_family, found - 1, 1)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-2, check=False)
    def _prefix(
        self,
        value: cython.ulonglong,
        high: cython.ulonglong,
        low: cython.ulonglong,
        length: cython.int,
        family: cython.int,
        limit: cython.Py_ssize_t,
    ) -> cython.int:
        """Find a prefix or enter it."""
        mask: cython.Py_ssize_t = (self.prefix_slots.shape[0] if cython.compiled else len(self.prefix_slots)) - 1
        slot: cython.Py_ssize_t = value >> self.prefix_shift
        tag: cython.ulonglong = value >> 32
        found: cython.Py_ssize_t
        while self.prefix_slots[slot] != 0:
            if self.prefix_slots[slot] >> 32 == tag:
                found = (self.prefix_slots[slot] & PLACE_MASK) - 1
                if (
                    self.prefix_address[2 * found + 1] == low
                    and self.prefix_length[found] == length
                    and self.prefix_family[found] == family
                    and self.prefix_address[2 * found] == high
                ):
                    return found
            slot = (slot + 1) & mask
        if self.prefixes >= limit:
            return -1
        found = self.prefixes
        self.prefix_address[2 * found] = high
        self.prefix_address[2 * found + 1] = low
        self.prefix_length[found] = length
        self.prefix_family[found] = family
        self.prefix_slots[slot] = (tag << 32) | (found + 1)
        self.prefixes = found + 1
        return found

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _mix_prefix(
        self, high: cython.ulonglong, low: cython.ulonglong, length: cython.int, family: cython.int
    ) -> cython.ulonglong:
        return fold(fold(self.seed ^ low, self.key ^ high) ^ (length * 2 + family), self.key)

    def intern_peers(self, asn: Any, high: Any, low: Any, family: Any, ids: Any, count: int, room: int) -> None:
        """Ids of ``count`` peers into ``ids``; -1 for new ones once there are ``room``."""
        asns: cython.uint[::1] = asn
        highs: cython.ulonglong[::1] = high
        lows: cython.ulonglong[::1] = low
        families: cython.uchar[::1] = family
        out: cython.int[::1] = ids
        number: cython.Py_ssize_t
        last: cython.Py_ssize_t = count
        limit: cython.Py_ssize_t = room
        with cython.nogil:
            for number in range(last):
                out[number] = self._peer(asns[number], highs[number], lows[number], families[number], limit)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def _peer(
        self,
        asn: cython.uint,
        high: cython.ulonglong,
        low: cython.ulonglong,
        family: cython.int,
        limit: cython.Py_ssize_t,
    ) -> cython.int:
        mask: cython.Py_ssize_t = (self.peer_slots.shape[0] if cython.compiled else len(self.peer_slots)) - 1
        found: cython.int
        slot: cython.Py_ssize_t = self._mix_prefix(high ^ asn, low, 0, family) & mask
        while self.peer_slots[slot] != 0:
            found = self.peer_slots[slot] - 1
            if (
                self.peer_low[found] == low
                and self.peer_asn[found] == asn
                and self.peer_high[found] == high
                and self.peer_family[found] == family
            ):
                return found
            slot = (slot + 1) & mask
        if self.peers >= limit:
            return -1
        found = self.peers
        self.peer_asn[found] = asn
        self.peer_high[found] = high
        self.peer_low[found] = low
        self.peer_family[found] = family
        self.peer_slots[slot] = found + 1
        self.peers = found + 1
        return found

    def intern_paths(self, side: Any, start: Any, length: Any, hashes: Any, ids: Any, count: int, room: int) -> None:
        """Ids of ``count`` spans (see AttributeLoop) into ``ids``; -1 where there is no path, or no room."""
        self.side, self.span_start, self.span_length, self.span_hash = side, start, length, hashes
        out: cython.int[::1] = ids
        last: cython.Py_ssize_t = count
        limit: cython.Py_ssize_t = room
        step: cython.Py_ssize_t
        self._check_paths(last, len(ids))
        with cython.nogil:
            for step in range(last + 2 * AHEAD):
                if step < last:
                    prefetch_slot(self.path_slots, self.span_hash[step] >> self.path_shift)
                if AHEAD <= step < last + AHEAD:
                    self._ask_bytes(step - AHEAD)
                if step >= 2 * AHEAD:
                    out[step - 2 * AHEAD] = self._path(step - 2 * AHEAD, limit)

    def _check_paths(self, count: int, room: int) -> None:
        """That as many more paths find room, so that it need not be asked for each. Raises IndexError."""
        spans = min(len(self.span_start), len(self.span_length), len(self.span_hash))
        places = min(spans, len(self.path_offset) - self.paths, room)
        if count > places or self.paths + count >= len(self.path_slots):
            raise IndexError("more paths than there is room for")

    def replace(self, column: Any, ids: Any) -> None:
        """Indexes by ids; what is negative stays so."""
        cells: cython.int[::1] = column
        known: cython.int[::1] = ids
        with cython.nogil:
            _replace(cells, known)

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _ask_bytes(self, number: cython.Py_ssize_t) -> cython.int:
        """Ask for the bytes that the slot points to."""
        slot: cython.ulonglong
        if self.span_length[number] >= 0:
            slot = self.path_slots[self.span_hash[number] >> self.path_shift]
            if slot:
                prefetch_span(self.arena, ((slot & PLACE_MASK) - 1) * 2, HEAD + self.span_length[number])
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-2, check=False)
    def _path(self, number: cython.Py_ssize_t, limit: cython.Py_ssize_t) -> cython.int:
        """Find a path or enter it."""
        length: cython.Py_ssize_t = self.span_length[number]
        value: cython.ulonglong = self.span_hash[number]
        mask: cython.Py_ssize_t = (self.path_slots.shape[0] if cython.compiled else len(self.path_slots)) - 1
        slot: cython.Py_ssize_t = value >> self.path_shift
        tag: cython.ulonglong = value >> 32
        found: cython.ulonglong
        place: cython.Py_ssize_t
        if length < 0 or length > LONGEST:
            return -1
        found = self.path_slots[slot]
        while found != 0:
            if found >> 32 == tag:
                place = ((found & PLACE_MASK) - 1) * 2
                if 2 * get16(self.arena, place + 4) == length and equal(
                    self.arena, place + HEAD, self.side, self.span_start[number], length
                ):
                    return get32(self.arena, place)
            slot = (slot + 1) & mask
            found = self.path_slots[slot]
        place = self.arena_used
        if place + HEAD + length + 8 > limit:
            return -1
        self.path_slots[slot] = (tag << 32) | (place // 2 + 1)
        return self._enter(place, number, length)

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _enter(self, place: cython.Py_ssize_t, number: cython.Py_ssize_t, length: cython.Py_ssize_t) -> cython.int:
        """Write a new path to this place of the arena; its id."""
        put32(self.arena, place, self.paths)
        put16(self.arena, place + 4, length // 2)
        copy(self.arena, place + HEAD, self.side, self.span_start[number], length)
        self.path_offset[self.paths] = place // 2
        self.arena_used = place + HEAD + length
        self.paths += 1
        return self.paths - 1

    def count_hops(self, counts: Any) -> None:
        """How many AS numbers each path has, confederations left out, into ``counts[path + 1]``."""
        out: cython.longlong[::1] = counts
        path: cython.Py_ssize_t
        with cython.nogil:
            for path in range(self.paths):
                out[path + 1] = self._count_hops(path)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _count_hops(self, path: cython.Py_ssize_t) -> cython.longlong:
        at: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, self.path_offset[path]) * 2 + HEAD
        stop: cython.Py_ssize_t = at + 2 * get16(self.arena, at - 2)
        hops: cython.longlong = 0
        while at < stop:
            if self.arena[at] == AS_SEQUENCE or self.arena[at] == AS_SET:
                hops += self.arena[at + 1]
            at += 2 + 4 * self.arena[at + 1]
        return hops

    def copy_hops(self, numbers: Any, sets: Any) -> None:
        """The AS numbers of all paths behind each other, and 1 for the members of a set of several."""
        asns: cython.uint[::1] = numbers
        marks: cython.uchar[::1] = sets
        out: cython.Py_ssize_t = 0
        path: cython.Py_ssize_t
        with cython.nogil:
            for path in range(self.paths):
                out = self._copy_hops(path, out, asns, marks)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _copy_hops(
        self, path: cython.Py_ssize_t, out: cython.Py_ssize_t, asns: cython.uint[::1], marks: cython.uchar[::1]
    ) -> cython.Py_ssize_t:
        """Write one path from ``out`` on; the place behind it."""
        at: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, self.path_offset[path]) * 2 + HEAD
        stop: cython.Py_ssize_t = at + 2 * get16(self.arena, at - 2)
        count: cython.Py_ssize_t
        number: cython.Py_ssize_t
        while at < stop:
            count = self.arena[at + 1]
            if self.arena[at] == AS_SEQUENCE or self.arena[at] == AS_SET:
                for number in range(count):
                    asns[out + number] = get32(self.arena, at + 2 + 4 * number)
                    marks[out + number] = self.arena[at] == AS_SET and count > 1
                out += count
            at += 2 + 4 * count
        return out

    def copy_origins(self, first: cython.Py_ssize_t, origins: Any) -> None:
        """The last hop of the paths from ``first`` on; -1 where there is none, or a set of several."""
        out: cython.longlong[::1] = origins
        path: cython.Py_ssize_t
        with cython.nogil:
            for path in range(first, self.paths):
                out[path - first] = self._origin(path)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def _origin(self, path: cython.Py_ssize_t) -> cython.longlong:
        at: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, self.path_offset[path]) * 2 + HEAD
        stop: cython.Py_ssize_t = at + 2 * get16(self.arena, at - 2)
        origin: cython.longlong = -1
        count: cython.Py_ssize_t
        while at < stop:
            count = self.arena[at + 1]
            if self.arena[at] == AS_SEQUENCE or (self.arena[at] == AS_SET and count == 1):
                origin = get32(self.arena, at + 4 * count - 2)
            elif self.arena[at] == AS_SET:
                origin = -1
            at += 2 + 4 * count
        return origin

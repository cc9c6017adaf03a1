# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Values to ids: hash tables of prefixes, peers and AS paths, in flat columns.

Begin with :class:`Interner`, which :class:`gonedark.mrt.dictionaries.Dictionaries` owns and feeds with memory. Ids
count from zero in order of first appearance and never change. Bytes are always compared: the hash only says
where to look.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import copy, equal, get32, hash_span, mix, prefetch_byte, prefetch_slot
else:
    from gonedark.mrt.span import copy, equal, get32, hash_span, mix, prefetch_byte, prefetch_slot

MASK_64 = cython.declare(cython.ulonglong, (1 << 64) - 1)
STIR = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
PLACE_MASK = cython.declare(cython.ulonglong, (1 << 32) - 1)
GROUP = cython.declare(cython.Py_ssize_t, 32)
"""Paths looked up together, so that their memory can be fetched ahead."""
HEAD = cython.declare(cython.Py_ssize_t, 8)


@cython.final
@cython.cclass
class Interner:
    """Three hash tables with open addressing; sizes of slot columns are powers of two.

    Prefixes and peers: slots hold id + 1. Paths: a slot holds 32 bits of hash, whose upper bits are the slot's number,
    and where the path lies in the arena (in units of 8 bytes, + 1); there, 4 bytes of id and 4 of length come before
    its bytes. The owner reserves memory first.
    """

    seed: cython.ulonglong
    prefix_slots: cython.int[::1]
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
    prefixes = cython.declare(cython.Py_ssize_t, visibility="public")
    peers = cython.declare(cython.Py_ssize_t, visibility="public")
    paths = cython.declare(cython.Py_ssize_t, visibility="public")
    arena_used = cython.declare(cython.Py_ssize_t, visibility="public")

    def __init__(self, seed: int, hashes: Any) -> None:
        self.seed = seed
        self.hashes = hashes
        self.prefixes = 0
        self.peers = 0
        self.paths = 0
        self.arena_used = 0

    def use_prefixes(self, slots: Any, address: Any, length: Any, family: Any) -> None:
        """Larger memory: columns with what was there before, empty slots to be filled anew."""
        self.prefix_slots, self.prefix_address = slots, address
        self.prefix_length, self.prefix_family = length, family
        with cython.nogil:
            self._refill_prefixes()

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
                self._refill_paths(old)

    def intern_prefixes(self, high: Any, low: Any, length: Any, family: Any, ids: Any, count: int, room: int) -> None:
        """Ids of ``count`` prefixes into ``ids``; -1 for new ones once there are ``room``."""
        highs: cython.ulonglong[::1] = high
        lows: cython.ulonglong[::1] = low
        lengths: cython.uchar[::1] = length
        families: cython.uchar[::1] = family
        out: cython.int[::1] = ids
        number: cython.Py_ssize_t
        last: cython.Py_ssize_t = count
        limit: cython.Py_ssize_t = room
        with cython.nogil:
            for number in range(last):
                out[number] = self._prefix(highs[number], lows[number], lengths[number], families[number], limit)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def _prefix(
        self,
        high: cython.ulonglong,
        low: cython.ulonglong,
        length: cython.int,
        family: cython.int,
        limit: cython.Py_ssize_t,
    ) -> cython.int:
        mask: cython.Py_ssize_t = (self.prefix_slots.shape[0] if cython.compiled else len(self.prefix_slots)) - 1
        slot: cython.Py_ssize_t = self._mix_prefix(high, low, length, family) & mask
        found: cython.int
        while self.prefix_slots[slot] != 0:
            found = self.prefix_slots[slot] - 1
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
        self.prefix_slots[slot] = found + 1
        self.prefixes = found + 1
        return found

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _mix_prefix(
        self, high: cython.ulonglong, low: cython.ulonglong, length: cython.int, family: cython.int
    ) -> cython.ulonglong:
        state: cython.ulonglong = ((self.seed ^ low) * STIR) & MASK_64
        state = ((state ^ (state >> 32) ^ high) * STIR) & MASK_64
        state = ((state ^ (state >> 32) ^ (length * 2 + family)) * STIR) & MASK_64
        return mix(state ^ (state >> 32))

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _refill_prefixes(self) -> cython.int:
        mask: cython.Py_ssize_t = (self.prefix_slots.shape[0] if cython.compiled else len(self.prefix_slots)) - 1
        number: cython.Py_ssize_t
        slot: cython.Py_ssize_t
        for number in range(self.prefixes):
            slot = (
                self._mix_prefix(
                    self.prefix_address[2 * number],
                    self.prefix_address[2 * number + 1],
                    self.prefix_length[number],
                    self.prefix_family[number],
                )
                & mask
            )
            while self.prefix_slots[slot] != 0:
                slot = (slot + 1) & mask
            self.prefix_slots[slot] = number + 1
        return 0

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
        slot: cython.Py_ssize_t = self._mix_prefix(high, (low ^ (asn * STIR)) & MASK_64, 0, family) & mask
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

    def intern_paths(self, buffer: Any, side: Any, start: Any, length: Any, ids: Any, count: int, room: int) -> None:
        """Ids of ``count`` spans (see AttributeLoop) into ``ids``; -1 where there is no path, or no room."""
        main: cython.const[cython.uchar][::1] = buffer
        other: cython.uchar[::1] = side
        starts: cython.longlong[::1] = start
        lengths: cython.int[::1] = length
        out: cython.int[::1] = ids
        first: cython.Py_ssize_t = 0
        last: cython.Py_ssize_t = count
        limit: cython.Py_ssize_t = room
        with cython.nogil:
            while first < last:
                self._paths(main, other, starts, lengths, out, first, min(first + GROUP, last), limit)
                first += GROUP

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _paths(
        self,
        main: cython.const[cython.uchar][::1],
        side: cython.uchar[::1],
        starts: cython.longlong[::1],
        lengths: cython.int[::1],
        out: cython.int[::1],
        first: cython.Py_ssize_t,
        last: cython.Py_ssize_t,
        limit: cython.Py_ssize_t,
    ) -> cython.int:
        """One group, in three passes: hash and fetch the slot, fetch the bytes, compare."""
        number: cython.Py_ssize_t
        value: cython.ulonglong
        for number in range(first, last):
            if lengths[number] >= 0:
                if starts[number] >= 0:
                    value = hash_span(main, starts[number], lengths[number], self.seed)
                else:
                    value = hash_span(side, -1 - starts[number], lengths[number], self.seed)
                self.hashes[number - first] = value
                prefetch_slot(self.path_slots, value >> self.path_shift)
        for number in range(first, last):
            if lengths[number] >= 0:
                value = self.path_slots[self.hashes[number - first] >> self.path_shift] & PLACE_MASK
                if value:
                    prefetch_byte(self.arena, (value - 1) * 8)
        for number in range(first, last):
            if lengths[number] < 0:
                out[number] = -1
            elif starts[number] >= 0:
                out[number] = self._path(main, starts[number], lengths[number], self.hashes[number - first], limit)
            else:
                out[number] = self._path(side, -1 - starts[number], lengths[number], self.hashes[number - first], limit)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def _path(
        self,
        source: cython.const[cython.uchar][::1],
        at: cython.Py_ssize_t,
        length: cython.Py_ssize_t,
        value: cython.ulonglong,
        limit: cython.Py_ssize_t,
    ) -> cython.int:
        mask: cython.Py_ssize_t = (self.path_slots.shape[0] if cython.compiled else len(self.path_slots)) - 1
        slot: cython.Py_ssize_t = value >> self.path_shift
        tag: cython.ulonglong = value >> 32
        place: cython.Py_ssize_t
        while self.path_slots[slot] != 0:
            if self.path_slots[slot] >> 32 == tag:
                place = ((self.path_slots[slot] & PLACE_MASK) - 1) * 8
                if get32(self.arena, place + 4) == length and equal(self.arena, place + HEAD, source, at, length):
                    return get32(self.arena, place)
            slot = (slot + 1) & mask
        place = self.arena_used
        if place + HEAD + length + 8 > limit:
            return -1
        self._put32(place, self.paths)
        self._put32(place + 4, length)
        copy(self.arena, place + HEAD, source, at, length)
        self.path_offset[self.paths] = place // 8
        self.path_slots[slot] = (tag << 32) | (place // 8 + 1)
        self.arena_used = place + HEAD + (length + 7) // 8 * 8
        self.paths += 1
        return self.paths - 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _put32(self, place: cython.Py_ssize_t, value: cython.Py_ssize_t) -> cython.int:
        self.arena[place] = (value >> 24) & 255
        self.arena[place + 1] = (value >> 16) & 255
        self.arena[place + 2] = (value >> 8) & 255
        self.arena[place + 3] = value & 255
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _refill_paths(self, old: cython.ulonglong[::1]) -> cython.int:
        """From smaller to larger slots, both in order of their hashes, so that memory is walked straight through."""
        mask: cython.Py_ssize_t = (self.path_slots.shape[0] if cython.compiled else len(self.path_slots)) - 1
        number: cython.Py_ssize_t
        slot: cython.Py_ssize_t
        for number in range(old.shape[0] if cython.compiled else len(old)):
            if old[number] != 0:
                slot = old[number] >> self.path_shift
                while self.path_slots[slot] != 0:
                    slot = (slot + 1) & mask
                self.path_slots[slot] = old[number]
        return 0

"""What ids in batches mean: the peers, prefixes and AS paths of one collector, kept compactly.

Begin with :class:`Dictionaries`, one for each collector, shared by the readers of its files so that ids stay the same.
A prefix costs about 35 bytes, an AS path about 45. Ids are never taken back. Not for use by several threads at once.
"""

import os
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gonedark.mrt.batch import ADD_PATH, Peer
from gonedark.mrt.growth import grown
from gonedark.mrt.intern_loop import Interner
from gonedark.mrt.multipath import Multipath
from gonedark.mrt.scratch import Keys, Rows, view

PEERS_MAX = 1 << 15
"""No collector has more; a file that names more is hostile, and the rows of further peers are dropped."""
PREFIXES_MAX = 1 << 24
"""Ten times the routing table of 2026; rows of further prefixes are dropped."""
ARENA_BYTES_MAX = 512 << 20
"""Room for all AS paths, some ten million; rows of further paths have none."""

MANY_PATHS, MANY_PREFIXES = 1 << 18, 1 << 16
"""From so many ids on there is room for those of a full table: others wait for whoever makes it."""
FULL_PATHS, FULL_PREFIXES = 6_000_000, 1_500_000
ARENA_BYTES_SMALL = 8 << 20
"""A larger arena gets its whole address space at once: memory never written costs nothing, copying does."""

AS_SET, AS_SEQUENCE, CONFED_SEQUENCE, CONFED_SET = 1, 2, 3, 4
BRACKETS = {AS_SET: "{}", CONFED_SEQUENCE: "()", CONFED_SET: "[]"}

Segment = tuple[int, tuple[int, ...]]


@lru_cache(maxsize=1 << 14)
def address_text(high: int, low: int, v6: bool) -> str:
    """An address as bgpdump prints it: IPv6 with ``::`` even for a single zero group, unlike RFC 5952."""
    if not v6:
        return f"{low >> 24 & 255}.{low >> 16 & 255}.{low >> 8 & 255}.{low & 255}"
    if not high and (low >> 32 == 0xFFFF or 1 < low < 1 << 32):
        return f"::{'ffff:' if low >> 32 else ''}{address_text(0, low, False)}"
    groups = [half >> shift & 0xFFFF for half in (high, low) for shift in (48, 32, 16, 0)]
    longest, at = max((_zeros(groups, start), -start) for start in range(8))
    texts = [f"{group:x}" for group in groups]
    if not longest:
        return ":".join(texts)
    return f"{':'.join(texts[:-at])}::{':'.join(texts[-at + longest :])}"


def _zeros(groups: list[int], start: int) -> int:
    """How many groups from ``start`` on are zero."""
    return next((count for count, group in enumerate(groups[start:]) if group), 8 - start)


def _slots_for(count: int) -> int:
    """Slots of which at most three quarters are taken, a power of two."""
    return 1 << max(11, (4 * count // 3 - 1).bit_length())


def _larger(used: int, count: int, many: int, full: int) -> int:
    """For how many ids to make room."""
    return max(used + count, 2 * used, full if used >= many else 0)


class Dictionaries:
    """Peers, prefixes and AS paths by id; fulfils :class:`gonedark.mrt.batch.Dictionaries`."""

    def __init__(self) -> None:
        # The secrets only keep hostile files from choosing collisions; ids do not depend on them.
        seed, key = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        self.secrets = seed, key
        """What the parser hashes paths with."""
        self._interner = Interner(seed, key, view(np.empty(64, np.uint64)))
        self._multipath: Multipath | None = None
        self._peers: list[Peer] = []
        self._origins: NDArray[np.int64] = np.empty(0, np.int64)
        self._make_peers()
        self._make_prefixes(1024)
        self._make_paths(1024, 1 << 16)
        self.overflowed = False
        """True once something did not fit, so that rows were dropped or have no path."""

    def _make_peers(self) -> None:
        self._peer_asn = np.empty(PEERS_MAX, np.uint32)
        self._peer_high = np.empty(PEERS_MAX, np.uint64)
        self._peer_low = np.empty(PEERS_MAX, np.uint64)
        self._peer_family = np.empty(PEERS_MAX, np.uint8)
        columns = (self._peer_asn, self._peer_high, self._peer_low, self._peer_family)
        self._interner.use_peers(view(np.zeros(4 * PEERS_MAX, np.int32)), *(view(column) for column in columns))

    def _make_prefixes(self, size: int) -> None:
        self._prefix_address = np.empty(2 * size, np.uint64)
        self._prefix_length = np.empty(size, np.uint8)
        self._prefix_family = np.empty(size, np.uint8)
        self._use_prefixes(size)

    def _use_prefixes(self, size: int) -> None:
        columns = (self._prefix_address, self._prefix_length, self._prefix_family)
        slots = np.zeros(_slots_for(size), np.uint64)
        self._interner.use_prefixes(view(slots), *(view(column) for column in columns))

    def _make_paths(self, size: int, arena_bytes: int) -> None:
        self._path_offset = np.empty(size + 1, np.uint32)
        self._arena = np.empty(arena_bytes, np.uint8)
        slots = np.zeros(_slots_for(size), np.uint64)
        self._interner.use_paths(view(slots), view(self._path_offset), view(self._arena))

    def _reserve_prefixes(self, count: int) -> None:
        used = self._interner.prefixes
        needed = min(used + count, PREFIXES_MAX)
        if needed <= len(self._prefix_length):
            return
        size = min(_slots_for(_larger(used, count, MANY_PREFIXES, FULL_PREFIXES)) * 3 // 4, PREFIXES_MAX)
        self._prefix_address = grown(self._prefix_address, 2 * used, 2 * size)
        self._prefix_length = grown(self._prefix_length, used, size)
        self._prefix_family = grown(self._prefix_family, used, size)
        self._use_prefixes(size)

    def _reserve_paths(self, count: int, span_bytes: int) -> None:
        used, arena_used = self._interner.paths, self._interner.arena_used
        slots = None
        needed_bytes = min(arena_used + span_bytes + 8 * count + 64, ARENA_BYTES_MAX)
        if used + count >= len(self._path_offset):
            slot_count = _slots_for(_larger(used, count, MANY_PATHS, FULL_PATHS))
            self._path_offset = grown(self._path_offset, used, slot_count * 3 // 4 + 1)
            slots = view(np.zeros(slot_count, np.uint64))
        if needed_bytes > len(self._arena):
            size = 2 * needed_bytes if needed_bytes < ARENA_BYTES_SMALL else ARENA_BYTES_MAX
            self._arena = grown(self._arena, arena_used, size)
        elif slots is None:
            return
        self._interner.use_paths(slots, view(self._path_offset), view(self._arena))

    def intern_prefixes(self, keys: Keys, count: int) -> None:
        """Fill ``keys.prefix_ids[:count]``; NONE, and ``overflowed``, where a prefix does not fit."""
        self._reserve_prefixes(count)
        high, low = view(keys.prefix_high), view(keys.prefix_low)
        length, family = view(keys.prefix_length), view(keys.prefix_family)
        self._interner.intern_prefixes(high, low, length, family, view(keys.prefix_ids), count, PREFIXES_MAX)
        self.overflowed |= self._interner.prefixes >= PREFIXES_MAX

    def intern_peers(self, keys: Keys, count: int) -> None:
        """Fill ``keys.peer_ids[:count]``; NONE, and ``overflowed``, where a peer does not fit."""
        asn, family = view(keys.peer_asn), view(keys.peer_family)
        high, low = view(keys.peer_high), view(keys.peer_low)
        self._interner.intern_peers(asn, high, low, family, view(keys.peer_ids), count, PEERS_MAX)
        self.overflowed |= self._interner.peers >= PEERS_MAX

    def intern_paths(self, keys: Keys, count: int) -> None:
        """Fill ``keys.path_ids[:count]`` from the spans that the attribute loop found."""
        span_bytes = int(keys.span_length[:count].sum(dtype=np.int64)) + count
        self._reserve_paths(count, span_bytes)
        spans = (view(keys.side), view(keys.span_start), view(keys.span_length), view(keys.span_hash))
        self._interner.intern_paths(*spans, view(keys.path_ids), count, min(len(self._arena), ARENA_BYTES_MAX))
        self.overflowed |= self._interner.arena_used + (1 << 17) >= ARENA_BYTES_MAX

    def replace(self, column: NDArray[np.int32], ids: NDArray[np.int32], count: int) -> None:
        """Indexes below ``count`` by ids, in place; NONE stays NONE."""
        self._interner.replace(view(column), view(ids[:count]))

    def follow_paths(self, rows: Rows, span: slice) -> int:
        """Give withdrawals that leave the peer other paths to the prefix the kind DROPPED; how many there were."""
        added = int(np.count_nonzero(rows.flags[span] & ADD_PATH))
        if self._multipath is None:
            if not added:
                return 0
            self._multipath = Multipath(self.secrets[0], PEERS_MAX)
        return self._multipath.follow(rows, span, added)

    def peer_address(self, peer: int) -> tuple[int, int, bool]:
        """Upper and lower half of a peer's address, and whether it is IPv6."""
        return int(self._peer_high[peer]), int(self._peer_low[peer]), bool(self._peer_family[peer])

    @property
    def peers(self) -> list[Peer]:
        """Peers by id."""
        for peer in range(len(self._peers), self._interner.peers):
            self._peers.append(Peer(int(self._peer_asn[peer]), address_text(*self.peer_address(peer))))
        return self._peers

    @property
    def prefix_count(self) -> int:
        """How many prefixes there are; ids go from zero to one below."""
        return int(self._interner.prefixes)

    @property
    def path_count(self) -> int:
        """How many AS paths there are."""
        return int(self._interner.paths)

    def prefix_addresses(self) -> NDArray[np.uint64]:
        """(n, 2): upper and lower half of each prefix's address; an IPv4 address is in the lower half alone. A view."""
        return self._prefix_address[: 2 * self.prefix_count].reshape(-1, 2)

    def prefix_lengths(self) -> NDArray[np.uint8]:
        """(n,): mask lengths in bits. A view."""
        return self._prefix_length[: self.prefix_count]

    def prefix_families(self) -> NDArray[np.uint8]:
        """(n,): 0 for IPv4, 1 for IPv6. A view."""
        return self._prefix_family[: self.prefix_count]

    def prefix_text(self, prefix: int) -> str:
        """``175.45.176.0/24`` or ``2001:db8::/32``."""
        if not 0 <= prefix < self.prefix_count:
            raise IndexError(f"no prefix has id {prefix}")
        high, low = int(self._prefix_address[2 * prefix]), int(self._prefix_address[2 * prefix + 1])
        return f"{address_text(high, low, bool(self._prefix_family[prefix]))}/{self._prefix_length[prefix]}"

    def path_segments(self, path: int) -> list[Segment]:
        """Segments of an AS path: type (RFC 4271 section 4.3, RFC 5065 section 3) and AS numbers."""
        if not 0 <= path < self.path_count:
            raise IndexError(f"no AS path has id {path}")
        place = int(self._path_offset[path]) * 2
        length = 2 * int.from_bytes(self._arena[place + 4 : place + 6].tobytes(), "big")
        raw = self._arena[place + 6 : place + 6 + length].tobytes()
        segments: list[Segment] = []
        at = 0
        while at < length:
            count = raw[at + 1]
            numbers = np.frombuffer(raw, ">u4", count, at + 2)
            segments.append((raw[at], tuple(numbers.tolist())))
            at += 2 + 4 * count
        return segments

    def path_text(self, path: int) -> str:
        """``701 3356 {64512,64513}``; sets in braces, confederations in parentheses, as bgpdump prints them."""
        parts = []
        for kind, numbers in self.path_segments(path):
            between = " " if kind in (AS_SEQUENCE, CONFED_SEQUENCE) else ","
            brackets = BRACKETS.get(kind, "")
            parts.append(brackets[:1] + between.join(map(str, numbers)) + brackets[1:])
        return " ".join(parts)

    def path_asns(self, path: int) -> list[tuple[int, ...]]:
        """Hops from the peer to the origin: one AS number each, or those of a set. Confederations are left out."""
        hops: list[tuple[int, ...]] = []
        for kind, numbers in self.path_segments(path):
            if kind == AS_SEQUENCE:
                hops.extend((number,) for number in numbers)
            elif kind == AS_SET:
                hops.append(numbers)
        return hops

    def path_columns(self) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.bool_]]:
        """All paths at once as :meth:`path_asns` has them: where each begins, (n + 1,), and then one a number: AS
        numbers, and whether they are members of a set of several."""
        starts = np.zeros(self.path_count + 1, np.int64)
        self._interner.count_hops(view(starts))
        np.cumsum(starts, out=starts)
        asns, sets = np.empty(starts[-1], np.uint32), np.empty(starts[-1], np.uint8)
        self._interner.copy_hops(view(asns), view(sets))
        return starts, asns, sets.view(np.bool_)

    def give_paths(self) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """All paths with their memory, which is the caller's from now on: there are none here any more.

        Half the place in the arena where each begins, ascending, with one cell more than there are paths; and the
        arena, a multiple of four bytes long. At a path's place are four bytes of id and two of half its length, then
        its segments (RFC 4271 section 4.3) with AS numbers of four bytes (RFC 6793).
        """
        place, arena = self._path_offset[: self.path_count + 1], self._arena
        self._interner.forget_paths()
        self._make_paths(1024, 1 << 16)
        self._origins = np.empty(0, np.int64)
        return place, arena[: len(arena) // 4 * 4]

    def path_origins(self) -> NDArray[np.int64]:
        """(n,): AS number of each path's last hop; NONE for an empty path or where that is a set of several."""
        known = len(self._origins)
        if known < self.path_count:
            origins = np.empty(self.path_count - known, np.int64)
            self._interner.copy_origins(known, view(origins))
            self._origins = np.concatenate([self._origins, origins])
        return self._origins

"""The path attributes of a synthetic world's routes as bytes, many at a time.

Begin with :func:`attributes`. What is in them (how long paths are, who sends MEDs and communities) follows the
proportions of real tables, see bench/README.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from synthetic_world import I64, KOREAN_ORIGIN, KOREAN_PROVIDER, World, mix, share

U8 = NDArray[np.uint8]
MOST_HOPS, MOST_COMMUNITIES, MOST_LARGE = 14, 16, 3
REGIONAL_SHARE, REGION_ATOMS = 0.6, 12
"""Share of the atoms that use the providers of their region, and how many neighbouring atoms are a region."""
PEER_SETS = 3
"""How many different sets of communities a peer attaches."""
TIER_ONE = 14
"""The first so many transit networks are at the top of the hierarchy."""


@dataclass(frozen=True, eq=False)
class Spans:
    """Byte strings laid end to end in ``pool``: the i-th has ``length[i]`` bytes from ``start[i]`` on."""

    pool: U8
    start: I64
    length: I64


class Rows:
    """Builds many byte strings at once from left to right: each field is a matrix of bytes, of which a mask counts."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._blocks: list[U8] = []
        self._masks: list[NDArray[np.bool_]] = []

    def constant(self, text: str, where: NDArray[np.bool_] | None = None) -> None:
        """The bytes written in hex, in all rows or where said."""
        block = np.frombuffer(bytes.fromhex(text), np.uint8)
        self._add(np.broadcast_to(block, (self.count, len(block))), where)

    def number(self, values: NDArray[np.generic], size: int, where: NDArray[np.bool_] | None = None) -> None:
        """A big-endian number of ``size`` bytes (1, 2, 4 or 8)."""
        self._add(values.astype(f">u{size}").view(np.uint8).reshape(self.count, size), where)

    def numbers(self, values: NDArray[np.generic], used: I64) -> None:
        """The first ``used`` of each row's four-byte numbers."""
        width = values.shape[1]
        block = np.ascontiguousarray(values.astype(">u4")).view(np.uint8).reshape(self.count, 4 * width)
        self.some(block, 4 * used)

    def some(self, block: U8, used: I64) -> None:
        """The first ``used`` bytes of each row."""
        self._blocks.append(block)
        self._masks.append(np.arange(block.shape[1]) < used[:, None])

    def _add(self, block: U8, where: NDArray[np.bool_] | None) -> None:
        self._blocks.append(block)
        there = np.ones(self.count, np.bool_) if where is None else where
        self._masks.append(np.broadcast_to(there[:, None], block.shape))

    def spans(self) -> Spans:
        """All rows, closed up."""
        mask = np.concatenate(self._masks, axis=1)
        length = mask.sum(axis=1)
        return Spans(np.concatenate(self._blocks, axis=1)[mask], np.cumsum(length) - length, length)


def join(pieces: list[Spans], kind: I64, index: I64) -> U8:
    """One run of bytes from pieces: the i-th is number ``index[i]`` of ``pieces[kind[i]]``."""
    base = np.cumsum([0, *(len(piece.pool) for piece in pieces[:-1])])
    first = np.cumsum([0, *(len(piece.start) for piece in pieces[:-1])])
    which = first[kind] + index
    start = np.concatenate([piece.start + offset for piece, offset in zip(pieces, base, strict=True)])[which]
    length = np.concatenate([piece.length for piece in pieces])[which]
    pool = np.concatenate([piece.pool for piece in pieces])
    source = np.repeat((start - (np.cumsum(length) - length)).astype(np.int32), length)
    source += np.arange(len(source), dtype=np.int32)
    joined: U8 = pool[source]
    return joined


def _paths(world: World, peer: I64, atom: I64, variant: I64) -> tuple[NDArray[np.int64], I64]:
    """AS paths as a matrix of hops and their lengths: peer, top, lesser providers, origin with prepending."""
    transit, seed, rows = world.transit, world.seed, len(peer)
    by_atom, by_route = mix(seed, 1, atom), mix(seed, 2, atom, peer, variant)
    family = world.peers.family_v6[peer].astype(np.int64)
    # A third of the atoms share their origin with another one.
    owner = np.where(share(by_atom) < 0.34, atom // 2, atom)
    origin = 1000 + (mix(seed, 3, owner, family) % np.uint64(399_000)).astype(np.int64)
    homes = 1 + (share(by_atom, 16) < 0.4) + (share(by_atom, 16) < 0.1)
    home = (share(by_route) * homes).astype(np.int64)
    region = np.where(share(by_atom, 8) < REGIONAL_SHARE, atom // REGION_ATOMS, atom)
    near = (share(mix(seed, 4, region, home, family)) ** 2.5 * len(transit)).astype(np.int64)
    middle = (share(mix(seed, 5, near)) ** 2 * 800).astype(np.int64)
    top = (share(mix(seed, 6, peer, near, variant > 1)) ** 2 * TIER_ONE).astype(np.int64)
    by_near = mix(seed, 7, peer, near)
    has_near, has_top = share(by_atom, 32) > 0.05, share(by_near) < 0.52
    has_middle = share(mix(seed, 8, near), 16) < 0.42
    prepend_one = share(by_atom, 48)
    copies = 1 + np.where(prepend_one < 0.13, (prepend_one * 60).astype(np.int64) % 8, 0)
    korean = atom == -1
    origin, has_near = np.where(korean, KOREAN_ORIGIN, origin), has_near | korean
    provider = np.where(korean, KOREAN_PROVIDER, transit[near])
    copies, has_middle = np.where(korean, 1, copies), has_middle & ~korean
    hops = np.zeros((rows, MOST_HOPS), np.int64)
    length = np.zeros(rows, np.int64)
    everyone = np.ones(rows, np.bool_)
    parts = [(world.peers.asn[peer], everyone), (transit[top], has_top), (transit[middle], has_middle & has_near)]
    for asn, there in [*parts, (provider, has_near), *((origin, copies > copy) for copy in range(MOST_HOPS - 4))]:
        hops[np.flatnonzero(there), length[there]] = asn[there]
        length += there
    return hops, length


def _communities(world: World, peer: I64, atom: I64, flavour: I64) -> tuple[I64, I64]:
    """Communities as a matrix and how many of them: one of a few sets that the peer attaches, then the origin's own."""
    seed, place = world.seed, np.arange(MOST_COMMUNITIES)
    by_peer, by_atom = mix(seed, 10, peer), mix(seed, 11, atom)
    tagging = share(by_peer) < 0.72
    which = (share(mix(seed, 12, peer, atom // REGION_ATOMS)) ** 2 * PEER_SETS).astype(np.int64)
    by_set = mix(seed, 13, peer, which)
    of_peer = np.where(tagging, 1 + (share(by_peer, 16) * 8).astype(np.int64) + (share(by_set) * 3).astype(np.int64), 0)
    of_origin = np.where(tagging & (share(by_atom) < 0.08), 1 + (share(by_atom, 16) * 4).astype(np.int64), 0)
    low = mix(seed, 14, by_set[:, None], place) % np.uint64(30) + (place * 100).astype(np.uint64)
    values = (world.peers.asn[peer] << 16)[:, None] | low.astype(np.int64)
    values[:, 0] += flavour
    own = (mix(seed, 15, atom[:, None], place) % np.uint64(1 << 32)).astype(np.int64)
    values = np.where(place >= of_peer[:, None], own, values)
    return values & 0xFFFFFFFF, of_peer + of_origin


def attributes(world: World, peer: I64, atom: I64, flavour: I64, variant: I64, *, mp: bool = True) -> Spans:
    """The attribute bytes of one route a row. ``variant`` tells the peer's alternative paths apart (0: its usual one).

    With ``mp``, IPv6 next hops stand in an MP_REACH_NLRI shortened to the next hop (RFC 6396 section 4.3.4), as tables
    have them; without it the caller adds the whole attribute.
    """
    rows = Rows(len(peer))
    peers, by_atom, by_peer = world.peers, mix(world.seed, 20, atom), mix(world.seed, 21, peer)
    v6, region = peers.family_v6[peer], atom // REGION_ATOMS
    rows.constant("400101")
    rows.number(np.where(share(by_atom) < 0.15, 2, 0), 1)
    hops, length = _paths(world, peer, atom, variant)
    rows.constant("500200")
    rows.number(2 + 4 * length, 1)
    rows.constant("02")
    rows.number(length, 1)
    rows.numbers(hops, length)
    rows.constant("400304", ~v6)
    rows.number(peers.address[peer], 4, ~v6)
    has_med = share(by_peer, 32) < 0.38
    rows.constant("800404", has_med)
    metric = mix(world.seed, 22, peer, region % 6) % np.uint64(3000)
    rows.number(np.where(share(by_peer, 48) < 0.5, 0, metric), 4, has_med)
    rows.constant("400600", share(by_atom, 16) < 0.06)
    aggregated = share(by_atom, 32) < 0.11
    rows.constant("c00708", aggregated)
    rows.number(hops[np.arange(len(peer)), length - 1], 4, aggregated)
    rows.number(mix(world.seed, 23, atom) % np.uint64(1 << 32), 4, aggregated)
    values, count = _communities(world, peer, atom, flavour)
    rows.constant("c008", count > 0)
    rows.number(4 * count, 1, count > 0)
    rows.numbers(values, count)
    next_hop = v6 & mp
    rows.constant("800e1110", next_hop)
    rows.number(peers.address[peer], 8, next_hop)
    rows.constant("0000000000000001", next_hop)
    large = np.where(share(by_peer, 16) < 0.2, 1 + region % MOST_LARGE, 0)
    rows.constant("c020", large > 0)
    rows.number(12 * large, 1, large > 0)
    tags = np.stack([peers.asn[peer], peers.asn[peer] * 0 + 1, region % 11] * MOST_LARGE, axis=1)
    tags[:, 1::3] += np.arange(MOST_LARGE)
    rows.numbers(tags, 3 * large)
    return rows.spans()

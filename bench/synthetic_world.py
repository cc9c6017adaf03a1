"""A made-up Internet for benchmarks: prefixes, who originates them, who listens, and which path each listener has.

Nothing of it is real but its proportions, which follow real tables (bench/README.md shows both side by side), and one
country: North Korea's four prefixes of 2014, behind AS4837. Begin with :func:`make_world`; :mod:`synthetic_rib` and
:mod:`synthetic_updates` turn a world into MRT. Not for scenarios of outages, which ``gonedark.scenario`` builds.

Everything that differs from peer to peer is not stored but computed from a hash of (seed, what, peer, atom), so that
40 million routes need no memory. An *atom* is a set of prefixes that share their origin and paths everywhere; atoms
with near numbers lie near each other. A *run* is a stretch of the table, in address order, learned together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

KOREAN_PREFIXES = (0xAF2DB000, 0xAF2DB100, 0xAF2DB200, 0xAF2DB300)
KOREAN_ORIGIN, KOREAN_PROVIDER = 131279, 4837

ATOMS_PER_PREFIX = 0.168
RUNS_PER_PREFIX = 0.56
ATOM_SIZE_EXPONENT, ATOM_SIZE_OFFSET = 0.7, 10
LOCAL_SHARE, LOCAL_SPREAD = 0.78, 0.02
"""Share of an atom's runs that lie near each other in address order, and how near (share of the whole table)."""

RETURNS = {2: 0.165, 3: 0.065, 4: 0.03, 8: 0.055, 32: 0.055, 200: 0.03}
"""Shares of the runs that return to the atom so many runs before, or fewer but more than the next smaller number: as
more-specifics of several holders interleave."""

V4_LENGTHS = {24: 0.57, 23: 0.09, 22: 0.11, 21: 0.05, 20: 0.06, 19: 0.04, 18: 0.025, 17: 0.015, 16: 0.035, 15: 0.005}
V6_LENGTHS = {48: 0.47, 47: 0.02, 46: 0.03, 45: 0.02, 44: 0.09, 40: 0.09, 36: 0.06, 32: 0.17, 29: 0.05}
V6_BLOCKS = (0x2001, 0x2400, 0x2401, 0x2403, 0x2600, 0x2604, 0x2607, 0x2620, 0x2800, 0x2804, 0x2A00, 0x2A02, 0x2C0F)


def mix(seed: int, *columns: NDArray[np.generic] | int) -> U64:
    """A hash of the columns (broadcast together) as uint64: the finaliser of SplitMix64 after each of them."""
    value: U64 = np.array(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF, np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            value = (value + np.asarray(column).astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            value = value ^ (value >> np.uint64(31))
    return value


def share(value: U64, bits: int = 0) -> NDArray[np.float64]:
    """The hash as a number from 0 to 1; other ``bits`` give numbers that do not depend on each other."""
    return ((value >> np.uint64(bits)) & np.uint64(0xFFFF)).astype(np.float64) / 65536


@dataclass(frozen=True, eq=False)
class Table:
    """The prefixes of one family in address order, each with its atom and its run.

    ``address`` is uint64: an IPv4 address, or the upper half of an IPv6 address.
    """

    family_v6: bool
    address: U64
    length: NDArray[np.uint8]
    atom: I64
    run: I64

    def __len__(self) -> int:
        return len(self.address)


@dataclass(frozen=True, eq=False)
class Peers:
    """The sessions of the collector, first those with a full table, then the partial ones, as columns."""

    asn: I64
    address: U64
    full: NDArray[np.bool_]
    family_v6: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.asn)

    def of(self, family_v6: bool) -> I64:
        """Indices of the sessions that carry the family."""
        return np.flatnonzero(self.family_v6 == family_v6)


@dataclass(frozen=True, eq=False)
class World:
    """Tables by family and the sessions that see them; ``transit`` are AS numbers of providers, the largest first."""

    seed: int
    begin_seconds: int
    tables: tuple[Table, ...]
    peers: Peers
    transit: I64


def _lengths(rng: np.random.Generator, count: int, shares: dict[int, float]) -> NDArray[np.uint8]:
    weights = np.array(list(shares.values()))
    return rng.choice(np.array(list(shares), np.uint8), count, p=weights / weights.sum())


def _draw_v4(rng: np.random.Generator, count: int) -> tuple[U64, NDArray[np.uint8]]:
    address = rng.integers(1 << 16, 224 << 16, count, np.uint64) << np.uint64(8)
    length = _lengths(rng, count, V4_LENGTHS)
    address &= ~((np.uint64(1) << (32 - length).astype(np.uint64)) - np.uint64(1))
    block = address >> np.uint64(24)
    usable = (block != 10) & (block != 127) & (address >> np.uint64(10) != KOREAN_PREFIXES[0] >> 10)
    return address[usable], length[usable]


def _draw_v6(rng: np.random.Generator, count: int) -> tuple[U64, NDArray[np.uint8]]:
    block = rng.choice(np.array(V6_BLOCKS, np.uint64), count) << np.uint64(48)
    address = block | (rng.integers(0, 1 << 32, count, np.uint64) << np.uint64(16))
    length = _lengths(rng, count, V6_LENGTHS)
    address &= ~((np.uint64(1) << (64 - length).astype(np.uint64)) - np.uint64(1))
    return address, length


def _prefixes(rng: np.random.Generator, count: int, family_v6: bool) -> tuple[U64, NDArray[np.uint8]]:
    """Exactly ``count`` different prefixes in the order of tables: by address, then length."""
    keys = np.empty(0, np.uint64)
    addresses, lengths = np.empty(0, np.uint64), np.empty(0, np.uint8)
    while len(keys) < count:
        more, their = (_draw_v6 if family_v6 else _draw_v4)(rng, count)
        addresses, lengths = np.concatenate([addresses, more]), np.concatenate([lengths, their])
        # The last eight bits of an upper half are free: no prefix here is longer than /48.
        keys, first = np.unique(
            (addresses if family_v6 else addresses << np.uint64(32)) | lengths.astype(np.uint64), return_index=True
        )
        addresses, lengths = addresses[first], lengths[first]
    kept = np.sort(rng.choice(len(keys), count, replace=False))
    return addresses[kept], lengths[kept]


def _runs(rng: np.random.Generator, count: int) -> tuple[I64, I64]:
    """Atom and run of each of ``count`` prefixes: sizes of atoms with a heavy tail, most of each near one place."""
    runs, atoms = max(1, int(count * RUNS_PER_PREFIX)), max(1, int(count * ATOMS_PER_PREFIX))
    weights = np.cumsum((np.arange(atoms) + ATOM_SIZE_OFFSET) ** -ATOM_SIZE_EXPONENT)
    size_rank = np.minimum(np.searchsorted(weights / weights[-1], rng.random(runs)), atoms - 1)
    size_rank[:atoms] = np.arange(atoms)
    atom = rng.permutation(atoms)[size_rank]
    near = atom / atoms + rng.laplace(0, LOCAL_SPREAD, runs)
    place = np.where(rng.random(runs) < LOCAL_SHARE, near, rng.random(runs)) % 1
    begins = np.zeros(count, np.int64)
    begins[rng.choice(np.arange(1, count), runs - 1, replace=False)] = 1
    run = np.cumsum(begins)
    atom = atom[np.argsort(place, kind="stable")]
    return _returned(rng, atom)[run].astype(np.int64), run


def _returned(rng: np.random.Generator, atom: I64) -> I64:
    """The atoms of the runs, some of them replaced by one shortly before."""
    farthest, shares = np.array(list(RETURNS)), np.array(list(RETURNS.values()))
    which = rng.choice(len(farthest) + 1, len(atom), p=[1 - shares.sum(), *shares])
    least = np.array([0, 2, *(farthest[:-1] + 1)])[which]
    back = rng.integers(least, np.array([0, *farthest])[which] + 1)
    source = np.maximum(np.arange(len(atom)) - back, 0)
    while not np.array_equal(further := source[source], source):
        source = further
    return atom[source]


def _table(rng: np.random.Generator, count: int, family_v6: bool) -> Table:
    """A table; the IPv4 one holds North Korea's four prefixes, whose atom is -1."""
    if family_v6:
        address, length = _prefixes(rng, count, True)
        return Table(True, address, length, *_runs(rng, count))
    address, length = _prefixes(rng, count - len(KOREAN_PREFIXES), False)
    atom, run = _runs(rng, len(address))
    at = int(np.searchsorted(address, KOREAN_PREFIXES[0]))
    own = np.full(len(KOREAN_PREFIXES), -1)
    return Table(
        False,
        np.insert(address, at, np.array(KOREAN_PREFIXES, np.uint64)),
        np.insert(length, at, np.full(len(KOREAN_PREFIXES), 24, np.uint8)),
        np.insert(atom, at, own),
        np.insert(run, at, own + int(run[-1]) + 2),
    )


def _peers(rng: np.random.Generator, full: int, families: int) -> Peers:
    """``full`` sessions with the full table for each family, and a tenth as many with a part of it."""
    partial = max(1, full // 10)
    asn = np.tile(rng.choice(np.arange(1000, 64000), full + partial, replace=False), families).astype(np.int64)
    family_v6 = np.repeat(np.arange(families) == 1, full + partial)
    host = np.tile(rng.choice(np.arange(1, 1 << 16), full + partial, replace=False), families).astype(np.uint64)
    address = np.where(family_v6, np.uint64(0x20010DB800000000) | host, np.uint64(0xC6120000) | host)
    return Peers(asn, address, np.tile(np.arange(full + partial) < full, families), family_v6)


def make_world(seed: int, prefixes: int, peers: int, ipv6_share: float) -> World:
    """A world with ``prefixes`` of both families together and ``peers`` full feeds for each of them."""
    if prefixes < 100 or peers < 1 or not 0 <= ipv6_share < 1:
        raise ValueError("a world needs at least 100 prefixes, one peer, and an IPv6 share from 0 to below 1")
    rng = np.random.default_rng(seed)
    count_v6 = int(prefixes * ipv6_share)
    tables = [_table(rng, prefixes - count_v6, False)]
    if count_v6 > 1:
        tables.append(_table(rng, count_v6, True))
    transit = rng.choice(np.arange(100, 60000), 6000, replace=False).astype(np.int64)
    return World(seed, 1_419_206_400, tuple(tables), _peers(rng, peers, len(tables)), transit)

"""Whose resources they are: the delegation of addresses and AS numbers to countries, as values.

:class:`Registry` answers for the whole world at one date, :class:`Attribution` is one country's cut of it. The room
``delegation`` makes them from the RIRs' files; ``country`` only reads them. Not for reading files.

Addresses here are unsigned 64-bit numbers: an IPv4 address as it is, an IPv6 address by its upper 64 bits (no RIR
delegates longer than /64). Ranges include both ends, are sorted by ``first`` and do not overlap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import ADDRESS_BITS, FAMILIES, Family, Prefix

UNKNOWN_COUNTRY = ""
SHORTEST: dict[Family, int] = {"ipv4": 8, "ipv6": 16}
"""Shorter prefixes are nobody's: a default route or a foreign aggregate says nothing about a country."""
BITS: dict[Family, int] = {"ipv4": 32, "ipv6": 64}
"""Bits of an address as this module keeps it."""

_ONE = np.uint64(1)
_PIECE = 1 << 14


def spans(
    family: Family, addresses: NDArray[np.uint64], lengths: NDArray[np.uint8]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """First and last address of each prefix, host bits cleared; IPv6 longer than /64 counts as its /64."""
    host_bits = np.uint64(BITS[family]) - np.minimum(lengths, BITS[family]).astype(np.uint64)
    host = (_ONE << np.minimum(host_bits, np.uint64(63))) - _ONE
    host[host_bits == 64] = np.uint64(2**64 - 1)
    first = np.asarray(addresses, np.uint64) & ~host
    return first, first | host


@dataclass(frozen=True, eq=False)
class Ranges:
    """Sorted, disjoint inclusive ranges, each with an index into the registry's country codes."""

    first: NDArray[np.uint64]
    last: NDArray[np.uint64]
    country: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.first)

    def country_at(self, numbers: NDArray[np.uint64]) -> NDArray[np.int16]:
        """Country index of each address or AS number, -1 where it lies in no range."""
        if not len(self):
            return np.full(len(numbers), -1, np.int16)
        at = np.minimum(np.searchsorted(self.last, numbers), len(self) - 1)
        inside = (self.first[at] <= numbers) & (numbers <= self.last[at])
        return np.where(inside, self.country[at], np.int16(-1)).astype(np.int16)

    @cached_property
    def _by_country(self) -> tuple[NDArray[np.int16], NDArray[np.uint64]]:
        """The countries in ascending order, and the ranges (n, 2) in that order."""
        order = np.argsort(self.country, kind="stable")
        return self.country[order], np.stack([self.first, self.last], axis=1)[order]

    def of_country(self, index: int) -> NDArray[np.uint64]:
        """The ranges (n, 2) of one country."""
        countries, table = self._by_country
        begin, end = np.searchsorted(countries, np.array([index, index + 1], np.int16))
        return table[begin:end]


class _Cover:
    """How many addresses of disjoint sorted ranges lie in a span: a running sum, asked twice."""

    def __init__(self, table: NDArray[np.uint64]) -> None:
        self.first = np.ascontiguousarray(table[:, 0])
        self.last = np.ascontiguousarray(table[:, 1])
        sizes = self.last - self.first + _ONE
        self.before = np.concatenate([np.zeros(1, np.uint64), np.cumsum(sizes, dtype=np.uint64)])

    def _until(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Covered addresses up to and including each number, modulo 2**64."""
        at = np.searchsorted(self.first, numbers, side="right")
        previous = np.maximum(at, 1) - 1
        surplus = self.last[previous] - np.minimum(self.last[previous], numbers)
        return np.where(at > 0, self.before[at] - surplus, np.uint64(0))

    def count(self, first: NDArray[np.uint64], last: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Covered addresses within each span, both ends included."""
        if not len(self.first):
            return np.zeros(len(first), np.uint64)
        below = np.where(first > 0, self._until(first - np.minimum(first, _ONE)), np.uint64(0))
        return self._until(last) - below


@dataclass(frozen=True, eq=False)
class Attribution:
    """One country's resources: what makes a prefix national and an AS domestic.

    ``ranges`` maps each family to an (n, 2) array of inclusive first and last addresses; ``asn_ranges`` is an (n, 2)
    array of AS numbers; ``origins`` are AS numbers whose every prefix counts as national (added by file).
    """

    code: str
    name: str
    ranges: dict[Family, NDArray[np.uint64]]
    asn_ranges: NDArray[np.int64]
    origins: frozenset[int] = frozenset()
    source: str = ""

    @cached_property
    def _covers(self) -> dict[Family, _Cover]:
        return {family: _Cover(self.ranges[family]) for family in FAMILIES}

    @cached_property
    def _asns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return np.ascontiguousarray(self.asn_ranges[:, 0]), np.ascontiguousarray(self.asn_ranges[:, 1])

    def addresses(self, family: Family) -> int:
        """Delegated addresses (IPv4) or /48s (IPv6), a /48 held in several pieces once."""
        table = self.ranges[family]
        if not len(table):
            return 0
        shift = np.uint64(0 if family == "ipv4" else 16)
        first, last = table[:, 0] >> shift, table[:, 1] >> shift
        shared = int(np.count_nonzero(first[1:] == last[:-1]))
        return int((last - first).sum()) + len(table) - shared

    def share(self, prefix: Prefix) -> float:
        """Which share (0 to 1) of the prefix's addresses is delegated to the country."""
        kept = BITS[prefix.family]
        address = prefix.address >> (ADDRESS_BITS[prefix.family] - kept)
        first, last = spans(prefix.family, np.array([address], np.uint64), np.array([prefix.length], np.uint8))
        covered = int(self._covers[prefix.family].count(first, last)[0])
        return covered / (1 << (kept - min(prefix.length, kept)))

    def is_national(self, prefix: Prefix) -> bool:
        """At least half delegated to the country, and /8 or longer (IPv6: /16), as the design defines it."""
        return prefix.length >= SHORTEST[prefix.family] and self.share(prefix) >= 0.5

    def national_mask(
        self, family: Family, addresses: NDArray[np.uint64], lengths: NDArray[np.uint8]
    ) -> NDArray[np.bool_]:
        """:meth:`is_national` for whole columns: network addresses (IPv6: upper 64 bits) and mask lengths."""
        first, last = spans(family, addresses, lengths)
        half = (last - first) >> _ONE
        covered = self._covers[family].count(first, last)
        # A span of one address has half 0 and needs 1; of 2**n it needs 2**(n-1) = half + 1.
        return (covered > half) & (lengths >= SHORTEST[family])

    def is_domestic(self, asn: int) -> bool:
        """True where the AS number is delegated to the country or was added to it."""
        if asn in self.origins:
            return True
        first, last = self._asns
        at = int(np.searchsorted(last, asn))
        return at < len(last) and int(first[at]) <= asn

    def domestic_mask(self, asns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """:meth:`is_domestic` for a whole column."""
        first, last = self._asns
        inside = np.zeros(len(asns), dtype=bool)
        if len(last):
            at = np.minimum(np.searchsorted(last, asns), len(last) - 1)
            inside = (first[at] <= asns) & (asns <= last[at])
        return inside | np.isin(asns, list(self.origins)) if self.origins else inside


@dataclass(frozen=True, eq=False)
class Registry:
    """Delegations of the whole world at one date. ``codes[i]`` is the country of ranges with index ``i``.

    ``date`` is the day of the newest part (YYYY-MM-DD, empty where unknown); ``source`` says for people what it is
    made of and how sure it is; ``warnings`` what was wrong with the files; ``origins`` are ASes added by file.
    """

    codes: tuple[str, ...]
    ranges: dict[Family, Ranges]
    asns: Ranges
    date: str
    source: str
    names: Mapping[str, str] = field(default_factory=dict)
    asn_names: Mapping[int, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {code: index for index, code in enumerate(self.codes)}

    def number(self, code: str) -> int | None:
        """A country's index; None where the registry holds nothing for it."""
        return self._index.get(code)

    def attribution(self, code: str) -> Attribution:
        """One country's cut; empty ranges where the registry holds nothing for it."""
        index = self._index.get(code, -1)

        return Attribution(
            code=code,
            name=self.names.get(code, code),
            ranges={family: table.of_country(index) for family, table in self.ranges.items()},
            asn_ranges=self.asns.of_country(index).astype(np.int64),
            origins=self.origins.get(code, frozenset()),
            source=self.source,
        )

    def country_of_asn(self, asn: int) -> str | None:
        """ISO code of the country an AS number is delegated to, or None where that is unknown."""
        index = int(self.asns.country_at(np.array([asn], np.uint64))[0])
        return self.codes[index] or None if index >= 0 else None

    def country_of_prefixes(
        self, family: Family, addresses: NDArray[np.uint64], lengths: NDArray[np.uint8]
    ) -> NDArray[np.int16]:
        """Which country each prefix is national to (index into ``codes``, -1: none), for all countries at once.

        The rule of :meth:`Attribution.is_national`. Where two countries hold exactly half each, the one with the
        lower addresses has it here, while each of the two calls it national for itself.
        """
        # In pieces that stay near the processor: a dozen columns of a million cells each would not.
        pieces = [
            self._country_of_prefixes(family, addresses[first : first + _PIECE], lengths[first : first + _PIECE])
            for first in range(0, len(addresses), _PIECE)
        ]
        return np.concatenate([np.zeros(0, np.int16), *pieces])

    def _country_of_prefixes(
        self, family: Family, addresses: NDArray[np.uint64], lengths: NDArray[np.uint8]
    ) -> NDArray[np.int16]:
        table = self.ranges[family]
        first, last = spans(family, addresses, lengths)
        result = np.full(len(first), -1, np.int16)
        low, high = np.searchsorted(table.last, first), np.searchsorted(table.first, last, side="right")
        alone = high - low == 1
        at = low[alone]
        inside = np.minimum(table.last[at], last[alone]) - np.maximum(table.first[at], first[alone])
        result[alone] = np.where(inside >= (last - first)[alone] >> _ONE, table.country[at], np.int16(-1))
        several = np.flatnonzero((high - low > 1) & (lengths >= SHORTEST[family]))
        result[several] = _majority(table, first[several], last[several], low[several], high[several])
        result[lengths < SHORTEST[family]] = -1
        return result

    def name_of_asn(self, asn: int) -> str | None:
        """Name of the AS where one is known, without the number that some of them begin with: it is told beside."""
        name, number = self.asn_names.get(asn), f"AS{asn}"
        if name is None or not name.startswith((f"{number} ", f"{number}-")):
            return name
        return name.removeprefix(number).lstrip(" -") or name


def _majority(
    table: Ranges,
    first: NDArray[np.uint64],
    last: NDArray[np.uint64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> NDArray[np.int16]:
    """Country index that holds at least half of each span, -1 where none does; span i meets ranges low[i]:high[i].

    Equal spans are worked out once, so that the work stays within the ranges times the lengths of prefixes.
    """
    result = np.full(len(first), -1, np.int16)
    if not len(first):
        return result
    distinct, back = np.unique(np.stack([first, last], axis=1), axis=0, return_inverse=True)
    if len(distinct) < len(first):
        one = np.empty(len(distinct), np.int64)
        back = back.reshape(-1)
        one[back] = np.arange(len(first))
        return _majority(table, first[one], last[one], low[one], high[one])[back]
    counts = high - low
    span = np.repeat(np.arange(len(first)), counts)
    starts = np.cumsum(counts) - counts
    at = np.arange(len(span)) - np.repeat(starts - low, counts)
    part = np.minimum(table.last[at], last[span]) - np.maximum(table.first[at], first[span]) + _ONE
    order = np.lexsort((at, table.country[at], span))
    span, at, part = span[order], at[order], part[order]
    country = table.country[at]
    fresh = np.flatnonzero(np.concatenate([[True], (span[1:] != span[:-1]) | (country[1:] != country[:-1])]))
    held = np.add.reduceat(part, fresh)
    enough = np.flatnonzero(held > (last - first)[span[fresh]] >> _ONE)
    # Of two halves the one with the lower addresses is written last and stands.
    enough = enough[np.argsort(at[fresh[enough]])[::-1]]
    result[span[fresh[enough]]] = country[fresh[enough]]
    return result

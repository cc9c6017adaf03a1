"""Whose resources they are: the delegation of addresses and AS numbers to countries, as values.

:class:`Registry` answers for the whole world at one date, :class:`Attribution` is one country's cut of it. The room
``delegation`` makes them from the RIRs' files; ``country`` only reads them. Not for reading files.

Addresses here are unsigned 64-bit numbers: an IPv4 address as it is, an IPv6 address by its upper 64 bits (no RIR
delegates longer than /64). Ranges include both ends, are sorted by ``first`` and do not overlap.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family, Prefix

UNKNOWN_COUNTRY = ""


def _shift(family: Family) -> int:
    return 0 if family == "ipv4" else 64


@dataclass(frozen=True, eq=False)
class Ranges:
    """Sorted, disjoint inclusive ranges, each with an index into the registry's country codes."""

    first: NDArray[np.uint64]
    last: NDArray[np.uint64]
    country: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.first)


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

    def addresses(self, family: Family) -> int:
        """Delegated addresses (IPv4) or /48s (IPv6)."""
        table = self.ranges[family]
        if not len(table):
            return 0
        if family == "ipv4":
            return int((table[:, 1] - table[:, 0]).sum()) + len(table)
        units = [(int(first) >> 16, int(last) >> 16) for first, last in table]
        total, reached = 0, -1
        for first, last in units:
            total += max(0, last - max(first, reached + 1) + 1)
            reached = max(reached, last)
        return total

    def share(self, prefix: Prefix) -> float:
        """Which share (0 to 1) of the prefix's addresses is delegated to the country."""
        shift = _shift(prefix.family)
        size_bits = (32 if prefix.family == "ipv4" else 64) - prefix.length
        first = prefix.address >> shift
        last = first + (1 << max(0, size_bits)) - 1
        table = self.ranges[prefix.family]
        at = int(np.searchsorted(table[:, 1], np.uint64(first))) if len(table) else 0
        covered = 0
        while at < len(table) and int(table[at, 0]) <= last:
            covered += min(last, int(table[at, 1])) - max(first, int(table[at, 0])) + 1
            at += 1
        return covered / (last - first + 1)

    def is_national(self, prefix: Prefix) -> bool:
        """At least half delegated to the country, and /8 or longer (IPv6: /16), as the design defines it."""
        shortest = 8 if prefix.family == "ipv4" else 16
        return prefix.length >= shortest and self.share(prefix) >= 0.5

    def is_domestic(self, asn: int) -> bool:
        """True where the AS number is delegated to the country or was added to it."""
        if asn in self.origins:
            return True
        at = int(np.searchsorted(self.asn_ranges[:, 1], asn)) if len(self.asn_ranges) else 0
        return at < len(self.asn_ranges) and int(self.asn_ranges[at, 0]) <= asn


@dataclass(frozen=True, eq=False)
class Registry:
    """Delegations of the whole world at one date. ``codes[i]`` is the country of ranges with index ``i``."""

    codes: tuple[str, ...]
    ranges: dict[Family, Ranges]
    asns: Ranges
    date: str
    source: str
    names: dict[str, str] = field(default_factory=dict)
    asn_names: dict[int, str] = field(default_factory=dict)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {code: index for index, code in enumerate(self.codes)}

    def attribution(self, code: str) -> Attribution:
        """One country's cut; empty ranges where the registry holds nothing for it."""
        index = self._index.get(code, -1)

        def cut(table: Ranges) -> NDArray[np.uint64]:
            mine = table.country == index
            return np.stack([table.first[mine], table.last[mine]], axis=1)

        return Attribution(
            code=code,
            name=self.names.get(code, code),
            ranges={family: cut(table) for family, table in self.ranges.items()},
            asn_ranges=cut(self.asns).astype(np.int64),
            source=self.source,
        )

    def country_of_asn(self, asn: int) -> str | None:
        """ISO code of the country an AS number is delegated to, or None where that is unknown."""
        at = int(np.searchsorted(self.asns.last, np.uint64(asn)))
        if at < len(self.asns) and int(self.asns.first[at]) <= asn:
            return self.codes[int(self.asns.country[at])] or None
        return None

    def name_of_asn(self, asn: int) -> str | None:
        """Name of the AS where one is known."""
        return self.asn_names.get(asn)

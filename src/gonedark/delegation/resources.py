"""A country's resources spelt out: ranges, the prefixes they make, AS numbers with their names.

Begin with :func:`resources`. For people and exports; the core asks an ``Attribution`` instead.
"""

import ipaddress
from dataclasses import dataclass
from itertools import islice

from gonedark.model.attribution import Attribution, Registry
from gonedark.model.prefix import ADDRESS_BITS, FAMILIES, Family, Prefix

MOST_ASNS = 500_000
"""More than any country has; a file can claim four thousand million in one row."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of addresses with both ends as text, and the prefixes it is made of."""

    first: str
    last: str
    prefixes: tuple[Prefix, ...]


@dataclass(frozen=True, slots=True)
class Resources:
    """What a country holds. ``counts`` are addresses (IPv4) and /48s (IPv6); ``asns`` number and name or None, of
    ``asn_count`` the first MOST_ASNS."""

    spans: dict[Family, tuple[Span, ...]]
    counts: dict[Family, int]
    asn_count: int
    asns: tuple[tuple[int, str | None], ...]


def resources(registry: Registry, attribution: Attribution) -> Resources:
    """Spell out one country's cut of the registry."""
    ranges = attribution.asn_ranges.tolist()
    numbers = islice((asn for first, last in ranges for asn in range(first, last + 1)), MOST_ASNS)
    return Resources(
        spans={family: _spans(family, attribution) for family in FAMILIES},
        counts={family: attribution.addresses(family) for family in FAMILIES},
        asn_count=sum(last - first + 1 for first, last in ranges),
        asns=tuple((asn, registry.name_of_asn(asn)) for asn in numbers),
    )


def _spans(family: Family, attribution: Attribution) -> tuple[Span, ...]:
    return tuple(_span(family, int(first), int(last)) for first, last in attribution.ranges[family].tolist())


def _span(family: Family, first: int, last: int) -> Span:
    low: ipaddress.IPv4Address | ipaddress.IPv6Address
    high: ipaddress.IPv4Address | ipaddress.IPv6Address
    if family == "ipv4":
        low, high = ipaddress.IPv4Address(first), ipaddress.IPv4Address(last)
    else:
        low, high = ipaddress.IPv6Address(first << 64), ipaddress.IPv6Address((last << 64) | (2**64 - 1))
    return Span(str(low), str(high), tuple(_prefixes(family, int(low), int(high))))


def _prefixes(family: Family, first: int, last: int) -> list[Prefix]:
    """The fewest prefixes that make up a range: from its start, always the largest that fits."""
    bits = ADDRESS_BITS[family]
    found: list[Prefix] = []
    while first <= last:
        aligned = (first & -first).bit_length() - 1 if first else bits
        host_bits = min(aligned, (last - first + 1).bit_length() - 1)
        found.append(Prefix(family, first, bits - host_bits))
        first += 1 << host_bits
    return found

"""Path attributes for people: next hop, preferences, communities, aggregator (RFC 4271, 4760, 1997, 8092).

Begin with :func:`read_attributes`, which takes the blocks that a reader keeps on request. AS paths are not read here:
batches have them as ids. Not for the hot path.
"""

from dataclasses import dataclass
from functools import lru_cache
from struct import unpack_from

from gonedark.mrt.dictionaries import address_text
from gonedark.mrt.scratch import FORM_AS4, FORM_TABLE

NEXT_HOP, MED, LOCAL_PREF, ATOMIC_AGGREGATE, AGGREGATOR, COMMUNITIES = 3, 4, 5, 6, 7, 8
AS_PATH, AS4_PATH = 2, 17
ORIGIN, MP_REACH, AS4_AGGREGATOR, LARGE_COMMUNITIES = 1, 14, 18, 32
IPV6_UNICAST = (2, 1)
AS_TRANS = 23456


@dataclass(frozen=True, slots=True)
class RouteAttributes:
    """What a block of attributes says; None (or empty) where it says nothing sound.

    ``origin`` is 0 for IGP, 1 for EGP, 2 for incomplete. ``next_hops`` are those of MP_REACH_NLRI by address family and
    subsequent family; a second, link-local one is left out.
    """

    origin: int | None
    next_hop: str | None
    next_hops: dict[tuple[int, int], str]
    med: int | None
    local_pref: int | None
    atomic_aggregate: bool
    aggregator: tuple[int, str] | None
    communities: tuple[int, ...]
    large_communities: tuple[tuple[int, int, int], ...]


def split_attributes(block: bytes) -> dict[int, bytes]:
    """Values by attribute type, as far as the block is sound; of several of a type, the first."""
    values: dict[int, bytes] = {}
    at = 0
    while at + 3 <= len(block):
        kind = block[at + 1]
        head = 4 if block[at] & 0x10 else 3
        length = int.from_bytes(block[at + 2 : at + head], "big")
        value = block[at + head : at + head + length]
        if len(value) < length:
            break
        values.setdefault(kind, value)
        at += head + length
    return values


def read_attributes(block: bytes, form: int) -> RouteAttributes:
    """Read a block; never raises on bad bytes."""
    return read_values(split_attributes(block), form)


def read_values(values: dict[int, bytes], form: int) -> RouteAttributes:
    """The same from values by attribute type, which may leave out AS paths."""
    next_hop = values.get(NEXT_HOP, b"")
    return RouteAttributes(
        origin=values[ORIGIN][0] if values.get(ORIGIN) else None,
        next_hop=ip_text(next_hop) if len(next_hop) == 4 else None,
        next_hops=_next_hops(values.get(MP_REACH, b""), bool(form & FORM_TABLE)),
        med=_number(values.get(MED, b"")),
        local_pref=_number(values.get(LOCAL_PREF, b"")),
        atomic_aggregate=ATOMIC_AGGREGATE in values,
        aggregator=_aggregator(values, form),
        communities=tuple(_numbers(values.get(COMMUNITIES, b""))),
        large_communities=_triples(_numbers(values.get(LARGE_COMMUNITIES, b""))),
    )


@lru_cache(maxsize=1 << 14)
def ip_text(address: bytes) -> str:
    """An address of 4 or 16 bytes as bgpdump prints it."""
    number = int.from_bytes(address, "big")
    return address_text(number >> 64, number & (1 << 64) - 1, len(address) == 16)


def _number(value: bytes) -> int | None:
    return int.from_bytes(value, "big") if len(value) == 4 else None


def _numbers(value: bytes) -> list[int]:
    count = len(value) // 4
    return list(unpack_from(f">{count}I", value))


def _triples(numbers: list[int]) -> tuple[tuple[int, int, int], ...]:
    whole = len(numbers) // 3 * 3
    return tuple((numbers[at], numbers[at + 1], numbers[at + 2]) for at in range(0, whole, 3))


def _next_hops(value: bytes, from_table: bool) -> dict[tuple[int, int], str]:
    """Tables have only the next hop's length and the next hop (RFC 6396 section 4.3.4), though some writers put all."""
    if not value:
        return {}
    if from_table and value[0] != 0:
        family, size, rest = IPV6_UNICAST, value[0], value[1:]
    elif len(value) < 4:
        return {}
    else:
        family, size, rest = (int.from_bytes(value[:2], "big"), value[2]), value[3], value[4:]
    address = rest[: 16 if size == 32 else size]
    return {family: ip_text(address)} if len(address) in (4, 16) else {}


def _aggregator(values: dict[int, bytes], form: int) -> tuple[int, str] | None:
    """AGGREGATOR, or AS4_AGGREGATOR where that holds the AS number that did not fit (RFC 6793 section 4.2.3)."""
    value = values.get(AGGREGATOR, b"")
    if len(value) not in (6, 8):
        return None
    asn = int.from_bytes(value[:-4], "big")
    wide = values.get(AS4_AGGREGATOR, b"")
    if asn == AS_TRANS and len(wide) == 8 and not form & FORM_AS4:
        value, asn = wide, int.from_bytes(wide[:4], "big")
    return asn, ip_text(value[-4:])

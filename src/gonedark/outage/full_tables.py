"""Whether what the peers sent can be full tables at all, by how large the Internet's table was at the time.

Begin with :func:`too_small`. Who is a full feed is decided by comparing the peers with each other, never by a constant
(docs/definitions.md); where all of them are partial alike, only a number from outside can tell. It makes a warning and
decides nothing. Not for IPv6, whose table is too young for a lower bound.
"""

from gonedark.model.time import to_datetime

SIZES = ((2001, 100_000), (2015, 510_000), (2025, 800_000))
"""From the begin of that year on the IPv4 table had at least so many prefixes: the CIDR report; Dyn Research, December
2014; the Internet Health Report's own bound of 2025. It has grown ever since."""
_PARTIAL_SHARE = 0.5


def too_small(largest: int, at_us: int) -> int | None:
    """What a full table had at least, where the largest that was read has under half of that; else None."""
    year = to_datetime(at_us).year
    usual = max((size for since, size in SIZES if since <= year), default=0)
    return usual if 0 < largest < _PARTIAL_SHARE * usual else None

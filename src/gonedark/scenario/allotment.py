"""Which prefixes an origin announces: those named, or some cut from its blocks.

Begin with :func:`cut`. Tables of real size need thousands of prefixes whose exact borders no source gives; these are
cut from the blocks that the origin really announced from, in lengths as real tables have them, without overlaps.
"""

from collections.abc import Sequence
from random import Random

from gonedark.model.prefix import ADDRESS_BITS, Family, Prefix

_LENGTHS: dict[Family, tuple[tuple[int, float], ...]] = {
    "ipv4": ((24, 0.58), (23, 0.13), (22, 0.14), (21, 0.07), (20, 0.05), (19, 0.03)),
    "ipv6": ((48, 0.6), (44, 0.1), (40, 0.1), (36, 0.2)),
}
"""Lengths and their shares, after the RouteViews table of May 2014, without the rare short ones."""


def cut(blocks: Sequence[Prefix], count: int, rng: Random) -> list[Prefix]:
    """``count`` prefixes of one family out of ``blocks``, sorted. Raises ValueError where they do not fit."""
    if not count:
        return []
    family = blocks[0].family
    lengths, weights = zip(*_LENGTHS[family], strict=True)
    wanted = sorted(rng.choices(lengths, weights, k=count))
    longest = lengths[0]
    room = sum(1 << max(0, longest - block.length) for block in blocks)
    if room < count:
        raise ValueError(f"{count} prefixes do not fit into {', '.join(map(str, blocks))}")
    found: list[Prefix] = []
    free = [(block.address, block.address + (1 << (ADDRESS_BITS[family] - block.length))) for block in blocks]
    used = 0
    for place, length in enumerate(wanted):
        left = room - used - (count - place - 1)
        while length < longest and 1 << (longest - length) > left:
            length += 1
        prefix = _take(free, family, length, longest)
        used += 1 << (longest - prefix.length)
        found.append(prefix)
    return sorted(found)


def _take(free: list[tuple[int, int]], family: Family, length: int, longest: int) -> Prefix:
    """The next prefix from the first block that still has room for it; a longer one where none has."""
    for size in range(length, longest + 1):
        step = 1 << (ADDRESS_BITS[family] - size)
        for place, (first, end) in enumerate(free):
            start = -(-first // step) * step
            if start + step <= end:
                free[place] = (start + step, end)
                return Prefix(family, start, size)
    raise ValueError("no room is left")

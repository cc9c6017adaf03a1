"""Reading, comparing, copying and hashing a span of bytes: the helpers under the decoder's loops.

Begin with :func:`get16`. Compiled loops use the versions in ``span.pxd`` instead, the one place with raw pointers;
these are the same in plain Python, for a build without a compiler. Not for anything outside the loops.
"""

from typing import Any

MASK_64 = (1 << 64) - 1


def get16(buffer: Any, at: int) -> int:
    """Two bytes as a big-endian number. Raises IndexError outside the buffer, as all helpers here do."""
    if at < 0 or at + 2 > len(buffer):
        raise IndexError("read outside the buffer")
    return int(buffer[at]) << 8 | int(buffer[at + 1])


def get32(buffer: Any, at: int) -> int:
    """Four bytes as a big-endian number."""
    if at < 0 or at + 4 > len(buffer):
        raise IndexError("read outside the buffer")
    return int.from_bytes(buffer[at : at + 4], "big")


def equal(one: Any, one_at: int, other: Any, other_at: int, length: int) -> bool:
    """True where both spans hold the same bytes."""
    if length < 0 or one_at < 0 or other_at < 0 or one_at + length > len(one) or other_at + length > len(other):
        raise IndexError("comparison outside the buffer")
    return bool(one[one_at : one_at + length] == other[other_at : other_at + length])


def copy(target: Any, target_at: int, source: Any, source_at: int, length: int) -> int:
    """Copy a span from source to target, which must not overlap."""
    outside = target_at + length > len(target) or source_at + length > len(source)
    if length < 0 or target_at < 0 or source_at < 0 or outside:
        raise IndexError("copy outside the buffer")
    target[target_at : target_at + length] = source[source_at : source_at + length]
    return 0


def fill(column: Any, first: int, last: int, value: int) -> int:
    """Set the cells from ``first`` up to ``last`` of a column to one value."""
    if first < 0 or last > len(column):
        raise IndexError("fill outside the column")
    for at in range(first, last):
        column[at] = value
    return 0


def mix(state: int) -> int:
    """The last stir of a hash of 64 bits."""
    state = ((state ^ (state >> 29)) * 0xBF58476D1CE4E5B9) & MASK_64
    return state ^ (state >> 32)


def hash_span(buffer: Any, at: int, length: int, seed: int) -> int:
    """A hash of 64 bits, eight bytes at a time; the seed keeps a hostile file from choosing collisions."""
    if length < 0 or at < 0 or at + length > len(buffer):
        raise IndexError("hash outside the buffer")
    state = seed ^ length
    for start in range(at, at + length, 8):
        word = int.from_bytes(buffer[start : min(start + 8, at + length)], "little")
        state = ((state ^ word) * 0x9E3779B97F4A7C15) & MASK_64
        state ^= state >> 32
    return mix(state)


def prefetch_byte(buffer: Any, at: int) -> None:
    """Ask the processor for a byte that will be wanted soon; nothing to do in Python."""


def prefetch_slot(slots: Any, at: int) -> None:
    """The same for a slot of a hash table."""

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


def put16(target: Any, at: int, value: int) -> int:
    """Write a number as two big-endian bytes."""
    if at < 0 or at + 2 > len(target):
        raise IndexError("write outside the buffer")
    target[at : at + 2] = value.to_bytes(2, "big")
    return 0


def put32(target: Any, at: int, value: int) -> int:
    """Write a number as four big-endian bytes."""
    if at < 0 or at + 4 > len(target):
        raise IndexError("write outside the buffer")
    target[at : at + 4] = value.to_bytes(4, "big")
    return 0


def equal(one: Any, one_at: int, other: Any, other_at: int, length: int) -> bool:
    """True where both spans hold the same bytes."""
    if length < 0 or one_at < 0 or other_at < 0 or one_at + length > len(one) or other_at + length > len(other):
        raise IndexError("comparison outside the buffer")
    return bool(one[one_at : one_at + length] == other[other_at : other_at + length])


def repeats(buffer: Any, at: int, earlier: int, length: int) -> bool:
    """True where a span holds the bytes of one that begins before it in the same buffer."""
    if earlier > at:
        raise IndexError("comparison outside the buffer")
    return equal(buffer, at, buffer, earlier, length)


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


def fold(one: int, other: int) -> int:
    """Both halves of a product of 128 bits, one laid over the other."""
    product = one * other
    return product & MASK_64 ^ product >> 64


def hash_span(buffer: Any, at: int, length: int, seed: int, key: int) -> int:
    """A hash of 64 bits, sixteen bytes at a time, the last ones overlapping.

    Differences between two spans run through a product with a secret, so that a hostile file cannot choose bytes that
    collide, as it could if words were multiplied by a constant: there, the top bit only ever moves the top bit.
    """
    if length < 0 or at < 0 or at + length > len(buffer):
        raise IndexError("hash outside the buffer")
    state, done, stop = seed ^ length, at, at + length
    while done + 16 < stop:
        state = fold(_word(buffer, done, stop) ^ key, _word(buffer, done + 8, stop) ^ state)
        done += 16
    if stop - done > 8:
        state = fold(_word(buffer, done, stop) ^ key, _word(buffer, stop - 8, stop) ^ state)
    elif length:
        state = fold(_word(buffer, max(at, stop - 8), stop) ^ key, state)
    else:
        return fold(state, key)
    return fold(state ^ seed, key)


def _word(buffer: Any, at: int, stop: int) -> int:
    return int.from_bytes(buffer[at : min(at + 8, stop)], "little")


def prefetch_span(buffer: Any, at: int, length: int) -> None:
    """Ask the processor for a short span that will be wanted soon; nothing to do in Python."""


def prefetch_byte(buffer: Any, at: int) -> None:
    """The same for a place in a buffer."""


def prefetch_slot(slots: Any, at: int) -> None:
    """The same for a slot of a hash table."""

"""The helpers under the loops, where what they promise cannot be seen from outside."""

import random

from gonedark.mrt.span import hash_span

TOP = 1 << 63


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(8, "little") for value in values)


def test_nobody_can_choose_spans_that_collide_without_the_secrets() -> None:
    """Where words are multiplied by a constant, the top bit of one is undone by two bits of the next, for any seed."""
    draw = random.Random(4).getrandbits
    for _ in range(100):
        seed, key, first, second = (draw(64) for _ in range(4))
        one = words(first, second, first)
        other = words(first ^ TOP, second ^ TOP ^ (TOP >> 32), first)
        assert hash_span(one, 0, 24, seed, key) != hash_span(other, 0, 24, seed, key)


def test_spans_of_every_length_differ_by_every_byte() -> None:
    draw = random.Random(5)
    seed, key = draw.getrandbits(64), draw.getrandbits(64)
    for length in range(1, 50):
        span = bytearray(draw.randbytes(length))
        hashes = {hash_span(span, 0, length, seed, key)}
        for at in range(length):
            span[at] ^= 1
            hashes.add(hash_span(span, 0, length, seed, key))
            span[at] ^= 1
        assert len(hashes) == length + 1

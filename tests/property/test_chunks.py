"""However a stream is cut into chunks, the same rows, findings and gaps come out of it."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from decoding import attribute, bgp4mp, decode, record, update

PREFIX = st.builds(
    lambda bits, data: bytes([bits]) + data[: (bits + 7) // 8], st.integers(0, 40), st.binary(min_size=5)
)
PATH = st.builds(
    lambda kind, asns: bytes([kind, len(asns)]) + b"".join(asn.to_bytes(4) for asn in asns),
    st.integers(0, 5),
    st.lists(st.integers(0, 2**32 - 1), max_size=4),
)
ATTRIBUTE = st.one_of(
    st.just(attribute(1, b"\0")),
    PATH.map(lambda path: attribute(2, path)),
    st.just(attribute(3, bytes([192, 0, 2, 1]))),
    PREFIX.map(lambda prefix: attribute(15, b"\0\2\1" + prefix, 0x80)),
    PREFIX.map(lambda prefix: attribute(14, b"\0\1\1\4\xc0\0\2\1\0" + prefix, 0x80)),
    st.builds(attribute, st.integers(0, 40), st.binary(max_size=6), st.integers(0, 255)),
)
MANY = st.lists(PREFIX, max_size=3).map(b"".join)
MESSAGE = st.builds(update, MANY, st.lists(ATTRIBUTE, max_size=5).map(b"".join), MANY)
RECORD = st.one_of(
    st.builds(bgp4mp, MESSAGE, st.sampled_from((1, 4, 9)), st.integers(1_400_000_000, 1_400_000_009)),
    st.builds(record, st.sampled_from((5, 11, 12, 13, 16, 17)), st.integers(0, 12), st.binary(max_size=60)),
    st.binary(max_size=20),
)
STREAM = st.lists(RECORD, max_size=12).map(b"".join)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:stop] for start, stop in pairwise(edges)]


@given(STREAM, st.lists(st.integers(0, 2**16), max_size=20))
@settings(max_examples=150)
def test_any_chunking_gives_the_same(data: bytes, places: list[int]) -> None:
    whole = decode([data])
    assert decode(cut(data, places)) == whole
    assert decode([data[at : at + 1] for at in range(len(data))]) == whole


@given(st.lists(RECORD, max_size=12), st.integers(1, 2000))
@settings(max_examples=50)
def test_batches_of_any_size_hold_the_same_rows(records: list[bytes], batch_rows: int) -> None:
    data = b"".join(records)
    assert decode([data], batch_rows=batch_rows) == decode([data], batch_rows=1 << 17)

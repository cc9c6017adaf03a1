"""What the writer writes is what our own reader reads."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gonedark.model.prefix import ADDRESS_BITS, Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import KIND_LETTERS, NONE, PRECISE_TIME, Peer
from gonedark.mrt.reader import MrtReader

PEERS = [Peer(64500, "192.0.2.1"), Peer(4200000001, "2001:db8::1")]
SESSIONS = [writer.Session(PEERS[0], 6447, "192.0.2.254"), writer.Session(PEERS[1], 6447, "2001:db8::fe")]
HOPS = {"next_hop_v4": "192.0.2.1", "next_hop_v6": "2001:db8::1"}

Row = tuple[int, str, Peer, Prefix | None, tuple[frozenset[int], ...] | None]


def cut(family: str, address: int, length: int) -> Prefix:
    bits = ADDRESS_BITS[family]
    return Prefix(family, address >> (bits - length) << (bits - length), length)


asns = st.integers(1, 2**32 - 1)
hops = st.one_of(asns, st.lists(asns, min_size=2, max_size=4, unique=True).map(tuple))
paths = st.lists(hops, min_size=1, max_size=20).map(tuple)
prefixes = st.one_of(
    st.builds(cut, st.just("ipv4"), st.integers(0, 2**32 - 1), st.integers(0, 32)),
    st.builds(cut, st.just("ipv6"), st.integers(0, 2**128 - 1), st.integers(0, 128)),
)
times = st.integers(1, 2**32 * 1_000_000 - 1)
some = st.lists(prefixes, min_size=1, max_size=10, unique=True)


def plain(path: writer.AsPath) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(hop if isinstance(hop, tuple) else (hop,)) for hop in path)


def rows(data: bytes) -> tuple[list[Row], list[bool]]:
    reader = MrtReader(data)
    found: list[Row] = []
    precise = []
    for batch in reader:
        names = batch.dictionaries
        for at in range(len(batch)):
            prefix = Prefix.parse(names.prefix_text(int(batch.prefix[at]))) if batch.prefix[at] != NONE else None
            path = int(batch.path[at])
            hops_read = None if path == NONE else tuple(frozenset(hop) for hop in names.path_asns(path))
            kind = KIND_LETTERS[batch.kind[at]]
            found.append((int(batch.time_us[at]), kind, names.peers[int(batch.peer[at])], prefix, hops_read))
            precise.append(bool(batch.flags[at] & PRECISE_TIME))
    assert not reader.summary.findings
    assert not reader.summary.gaps
    return found, precise


@settings(max_examples=50)
@example([cut("ipv4", 0, 0), cut("ipv6", 0, 0)], tuple(range(1, 600)), 1_419_264_900_000_001, True, 0, 4)
@given(some, paths, times, st.booleans(), st.sampled_from([0, 1]), st.sampled_from([2, 4]))
def test_updates(
    wanted: list[Prefix], path: writer.AsPath, at_us: int, precise: bool, which: int, asn_bytes: int
) -> None:
    session = SESSIONS[which]
    if asn_bytes == 2:
        session = SESSIONS[0]
    messages = list(writer.announcements(wanted, path, asn_bytes=asn_bytes, **HOPS)) + list(writer.withdrawals(wanted))
    data = b"".join(
        writer.message_record(at_us, session, message, precise=precise, asn_bytes=asn_bytes) for message in messages
    )
    found, flags = rows(data)
    read_us = at_us if precise else at_us // 1_000_000 * 1_000_000
    order = sorted(wanted, key=lambda prefix: prefix.family)
    expected: list[Row] = [(read_us, "A", session.peer, prefix, plain(path)) for prefix in order]
    expected += [(read_us, "W", session.peer, prefix, None) for prefix in order]
    assert found == expected
    assert set(flags) == {precise}


@settings(max_examples=50)
@given(some, paths, paths, times)
def test_tables(wanted: list[Prefix], first: writer.AsPath, second: writer.AsPath, at_us: int) -> None:
    data = writer.peer_index_table(at_us, collector_id="192.0.2.254", view="a view", peers=PEERS)
    expected: list[Row] = []
    read_us = at_us // 1_000_000 * 1_000_000
    for sequence, prefix in enumerate(wanted):
        hop = HOPS["next_hop_v4" if prefix.family == "ipv4" else "next_hop_v6"]
        entries = [
            writer.rib_entry(index, at_us, writer.rib_attributes(path, hop))
            for index, path in enumerate((first, second))
        ]
        data += writer.rib_record(at_us, sequence, prefix, entries)
        expected += [
            (read_us, "R", peer, prefix, plain(path)) for peer, path in zip(PEERS, (first, second), strict=True)
        ]
    assert rows(data)[0] == expected


@settings(max_examples=50)
@given(st.integers(1, 6), st.integers(1, 6), times, st.booleans(), st.sampled_from([0, 1]))
def test_states(old: int, new: int, at_us: int, precise: bool, which: int) -> None:
    batches = list(MrtReader(writer.state_change(at_us, SESSIONS[which], old, new, precise=precise)))
    states = [(batch.dictionaries.peers[int(batch.peer[0])], int(batch.state[0])) for batch in batches if len(batch)]
    assert states == [(PEERS[which], old * 256 + new)]


def test_ends_of_rib() -> None:
    data = b"".join(
        writer.message_record(7_000_000, SESSIONS[0], writer.end_of_rib(family)) for family in ("ipv4", "ipv6")
    )
    batch = next(iter(MrtReader(data)))
    assert [KIND_LETTERS[kind] for kind in batch.kind] == ["E", "E"]
    assert [bool(flag & 2) for flag in batch.flags] == [False, True]

"""The reader's door: ranges, presence, summaries, shared dictionaries, what is left out unless asked for."""

import io
from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from decoding import attribute, bgp4mp, record, update
from gonedark.model.prefix import Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import (
    KIND_LETTERS,
    LOCAL,
    MULTICAST,
    NATIONAL,
    NONE,
    RIB_ENTRY,
    TREATED_AS_WITHDRAWN,
    WITHDRAW,
    Batch,
    Peer,
)
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.probe import LOOK_BYTES, probe
from gonedark.mrt.reader import MrtReader

TIME_US = 1_400_000_000_000_000
PEERS = [Peer(64500 + number, f"192.0.2.{number}") for number in range(1, 71)]
KOREA: dict[Any, Any] = {
    "ipv4": np.array([[0xAF2DB000, 0xAF2DB3FF]], np.uint64),
    "ipv6": np.array([[0x20010DB800000000, 0x20010DB8FFFFFFFF]], np.uint64),
}
NATIONAL_PREFIXES = ["175.45.176.0/24", "175.45.176.0/22", "175.0.0.0/8", "0.0.0.0/0", "2001:db8:1::/48", "::/0"]
FOREIGN_PREFIXES = ["175.45.180.0/24", "198.51.100.0/24", "2001:db9::/32", "175.45.175.255/32"]


def table(prefixes: list[str], holders: dict[str, list[int]]) -> bytes:
    data = writer.peer_index_table(TIME_US, collector_id="192.0.2.254", view="rv", peers=PEERS)
    for number, text in enumerate(prefixes):
        entries = [
            writer.rib_entry(peer, TIME_US, writer.rib_attributes((PEERS[peer].asn, 3356, 131279), "192.0.2.1"))
            for peer in holders.get(text, [0, 1, 69])
        ]
        data += writer.rib_record(TIME_US, number, Prefix.parse(text), entries)
    return data


def holders_of(batches: list[Batch]) -> dict[str, set[int]]:
    """Peer ids by prefix, from rows and from presence."""
    found: dict[str, set[int]] = defaultdict(set)
    for batch in batches:
        for prefix, peer in zip(batch.prefix.tolist(), batch.peer.tolist(), strict=True):
            found[batch.dictionaries.prefix_text(prefix)].add(peer)
        if batch.presence is not None:
            for prefix, mask in zip(batch.presence.prefix.tolist(), batch.presence.mask, strict=True):
                bits = {64 * word + bit for word in range(len(mask)) for bit in range(64) if int(mask[word]) >> bit & 1}
                found[batch.dictionaries.prefix_text(prefix)] |= bits
    return dict(found)


def test_with_ranges_foreign_prefixes_give_only_who_has_them() -> None:
    data = table(NATIONAL_PREFIXES + FOREIGN_PREFIXES, {"198.51.100.0/24": [5, 64, 63]})
    whole, chosen = MrtReader(data), MrtReader(data, ranges=KOREA)
    everything, some = list(whole), list(chosen)
    assert holders_of(some) == holders_of(everything)
    assert {row for batch in some for row in map(batch.dictionaries.prefix_text, batch.prefix)} == set(
        NATIONAL_PREFIXES
    )
    assert all((batch.path != NONE).all() and (batch.flags & NATIONAL).all() for batch in some)
    assert all(batch.presence is None for batch in everything)
    assert chosen.summary.rib_entries == whole.summary.rib_entries
    assert whole.summary.rib_entries[(0, "ipv4")] == 6


def test_presence_says_which_prefixes_are_ipv6() -> None:
    (batch,) = MrtReader(table(FOREIGN_PREFIXES, {}), ranges=KOREA)
    assert batch.presence is not None
    texts = [batch.dictionaries.prefix_text(prefix) for prefix in batch.presence.prefix]
    assert texts == FOREIGN_PREFIXES
    assert batch.presence.family_v6.tolist() == [":" in text for text in texts]


def test_with_ranges_foreign_updates_have_ids_but_no_paths() -> None:
    session = writer.Session(PEERS[0], 6447, "192.0.2.254")
    prefixes = [Prefix.parse(text) for text in NATIONAL_PREFIXES + FOREIGN_PREFIXES]
    messages = [
        *writer.announcements(prefixes, (64501, 3356), next_hop_v4="192.0.2.1", next_hop_v6="2001:db8::1"),
        *writer.withdrawals(prefixes),
    ]
    data = b"".join(writer.message_record(TIME_US, session, message) for message in messages)
    (batch,) = MrtReader(data, ranges=KOREA)
    assert len(batch) == 2 * len(prefixes)
    for prefix, path, flags, kind in zip(batch.prefix, batch.path, batch.flags, batch.kind, strict=True):
        national = batch.dictionaries.prefix_text(int(prefix)) in NATIONAL_PREFIXES
        assert bool(flags & NATIONAL) == national
        assert (path != NONE) == (national and kind != WITHDRAW)


def test_ranges_need_not_be_sorted_or_disjoint() -> None:
    mixed = {"ipv4": np.array([[50, 60], [10, 20], [15, 40], [41, 45]], np.uint64), "ipv6": np.empty((0, 2), np.uint64)}
    wanted = ["0.0.0.9/32", "0.0.0.10/32", "0.0.0.45/32", "0.0.0.46/32", "0.0.0.50/32", "0.0.0.61/32", "0.0.0.48/30"]
    (batch,) = MrtReader(table(wanted, {}), ranges=mixed)
    rows = {batch.dictionaries.prefix_text(prefix) for prefix in batch.prefix.tolist()}
    assert rows == {"0.0.0.10/32", "0.0.0.45/32", "0.0.0.50/32", "0.0.0.48/30"}


def test_dictionaries_shared_by_files_keep_their_ids() -> None:
    shared = Dictionaries()
    first = [row for batch in MrtReader(table(NATIONAL_PREFIXES, {}), dictionaries=shared) for row in batch.prefix]
    again = [
        row for batch in MrtReader(table(NATIONAL_PREFIXES[::-1], {}), dictionaries=shared) for row in batch.prefix
    ]
    assert sorted(first) == sorted(again)
    assert shared.prefix_count == len(NATIONAL_PREFIXES)
    assert shared.path_count == 3
    assert len(shared.peers) == len(PEERS)


def test_tables_of_the_first_format_are_noted_too() -> None:
    def entry(prefix: list[int], peer: int) -> bytes:
        attributes = attribute(1, b"\0") + attribute(2, b"\2\1\xfb\xf4") + attribute(3, bytes(4))
        body = bytes(4) + bytes(prefix) + bytes([24, 1]) + bytes(4) + bytes([192, 0, 2, peer])
        return record(12, 1, body + (64500).to_bytes(2) + len(attributes).to_bytes(2) + attributes)

    data = b"".join(entry([198, 51, 100, 0], peer) for peer in range(70)) + entry([175, 45, 176, 0], 7)
    chosen = MrtReader(data, ranges=KOREA)
    (batch,) = chosen
    assert holders_of([batch]) == {"198.51.100.0/24": set(range(70)), "175.45.176.0/24": {7}}
    assert chosen.summary.rib_entries[(7, "ipv4")] == 2


def test_multicast_and_sent_messages_come_only_on_request() -> None:
    reach = attribute(14, b"\0\1\2\4\xc0\0\2\1\0\x18\xc6\x33\x64", 0x80)
    attributes = attribute(1, b"\0") + attribute(2, b"\2\1\0\0\xfb\xf4") + reach
    data = bgp4mp(update(b"", attributes)) + bgp4mp(update(b"\x18\xc6\x33\x64"), 7)
    assert list(MrtReader(data)) == []
    (batch,) = MrtReader(data, everything=True)
    assert [bool(flags & MULTICAST) for flags in batch.flags] == [True, False]
    assert [bool(flags & LOCAL) for flags in batch.flags] == [False, True]


def test_malformed_announcements_count_as_withdrawn_and_say_so() -> None:
    data = bgp4mp(update(b"", attribute(1, b"\7"), b"\x18\xc6\x33\x64"))
    (batch,) = MrtReader(data)
    assert batch.kind.tolist() == [WITHDRAW]
    assert batch.path.tolist() == [NONE]
    assert batch.flags[0] & TREATED_AS_WITHDRAWN


def test_several_paths_of_a_peer_count_once() -> None:
    attributes = writer.rib_attributes((64501,), "192.0.2.1")
    one = (0).to_bytes(2) + bytes(4) + b"\0\0\0\7" + len(attributes).to_bytes(2) + attributes
    index = writer.peer_index_table(TIME_US, collector_id="192.0.2.254", view="", peers=PEERS)
    reader = MrtReader(index + record(13, 8, bytes(4) + b"\x18\xc6\x33\x64" + b"\0\3" + one * 3))
    (batch,) = reader
    assert batch.kind.tolist() == [RIB_ENTRY] * 3
    assert reader.summary.rib_entries == {(0, "ipv4"): 1}


def test_the_summary_tells_what_the_file_is() -> None:
    reader = MrtReader(table(NATIONAL_PREFIXES, {}), name="some.rib")
    assert reader.summary.kind == "empty"
    list(reader)
    summary = reader.summary
    assert (summary.kind, summary.records) == ("rib", 7)
    assert (summary.first_time_us, summary.last_time_us) == (TIME_US, TIME_US)
    assert summary.view_name == "rv"
    assert summary.collector_id == 0xC00002FE
    assert summary.index_peers == tuple(range(len(PEERS)))
    assert not summary.torn


def test_times_are_the_least_and_the_greatest() -> None:
    data = b"".join(bgp4mp(update(b"\x18\xc6\x33\x64"), seconds=1_400_000_000 + second) for second in (5, 1, 9, 3))
    reader = MrtReader(data)
    list(reader)
    assert reader.summary.first_time_us == TIME_US + 1_000_000
    assert reader.summary.last_time_us == TIME_US + 9_000_000


def test_local_addresses_are_known_by_peer() -> None:
    sessions = [writer.Session(PEERS[0], 6447, "192.0.2.254"), writer.Session(PEERS[0], 6447, "192.0.2.253")]
    data = b"".join(writer.state_change(TIME_US, session, 6, 1) for session in sessions * 3)
    reader = MrtReader(data)
    list(reader)
    assert reader.summary.local_addresses == {0: ("192.0.2.254", "192.0.2.253")}


def test_a_file_cut_in_the_middle_is_torn() -> None:
    data = table(NATIONAL_PREFIXES, {})
    reader = MrtReader(data[:-7], name="cut")
    rows = sum(map(len, reader))
    assert rows == 3 * (len(NATIONAL_PREFIXES) - 1)
    assert reader.summary.torn
    (gap,) = reader.summary.gaps
    assert (gap.file, gap.cause, gap.until_byte) == ("cut", "the stream ends within a record", len(data) - 7)


def test_a_record_that_claims_too_much_is_not_waited_for() -> None:
    sound = bgp4mp(update(b"\x18\xc6\x33\x64"))
    lying = (1_400_000_000).to_bytes(4) + b"\0\x10\0\4" + (1 << 30).to_bytes(4)
    reader = MrtReader(sound + lying + sound * 3)
    assert sum(map(len, reader)) == 4
    assert [(gap.from_byte, gap.until_byte) for gap in reader.summary.gaps] == [(len(sound), len(sound) + 12)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "it is empty"), (b"hello, world\n" * 99, "it is text, not MRT"), (bytes(range(256)) * 9, "no MRT record")],
)
def test_a_probe_says_why_a_file_is_not_mrt(data: bytes, reason: str) -> None:
    found = probe(data)
    assert not found.is_mrt
    assert found.reason is not None
    assert found.reason.startswith(reason)


def test_a_look_reads_no_more_than_the_beginning() -> None:
    session = writer.Session(PEERS[0], 65000, "192.0.2.254")
    source = io.BytesIO(writer.state_change(TIME_US, session, 6, 1) * (8 * LOOK_BYTES // 60))
    found = probe(source)
    assert (found.kind, found.first_time_us) == ("updates", TIME_US)
    assert source.tell() <= 2 * LOOK_BYTES


def test_a_probe_of_a_table_and_of_updates() -> None:
    found = probe(table(NATIONAL_PREFIXES, {}))
    assert (found.is_mrt, found.kind, found.view_name, found.first_time_us) == (True, "rib", "rv", TIME_US)
    assert (found.sessions[0].peer_asn, found.sessions[0].local_address) == (64501, None)
    session = writer.Session(PEERS[3], 6447, "192.0.2.254")
    found = probe(writer.state_change(TIME_US, session, 6, 1))
    assert found.kind == "updates"
    assert [(seen.peer_asn, seen.peer_address, seen.local_address) for seen in found.sessions] == [
        (64504, "192.0.2.4", "192.0.2.254")
    ]


def with_path(path_id: int) -> bytes:
    return path_id.to_bytes(4) + b"\x18\xc6\x33\x64"


ROUTE = attribute(1, b"\0") + attribute(2, b"\2\1\0\0\xfb\xf4") + attribute(3, bytes([192, 0, 2, 1]))


def added_paths(*steps: str) -> bytes:
    """ADD-PATH updates of one prefix: ``+1`` announces path 1, ``-1`` withdraws it, ``down`` ends the session."""
    data = b""
    for step in steps:
        if step == "down":
            session = writer.Session(Peer(64500, "192.0.2.1"), 6447, "192.0.2.254")
            data += writer.state_change(TIME_US, session, 6, 1)
        elif step.startswith("+"):
            data += bgp4mp(update(b"", ROUTE, with_path(int(step))), 9)
        else:
            data += bgp4mp(update(with_path(-int(step))), 9)
    return data


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        (["+1", "+2", "-1", "-2"], "AAW"),
        (["+1", "+1", "-1"], "AAW"),
        (["+1", "+2", "-1", "+1", "-2", "-1"], "AAAW"),
        (["+1", "-7"], "A"),
        (["-1"], "W"),
        (["+1", "+2", "down", "-1"], "AASW"),
        (["+1", "+2", "down", "+3", "-3"], "AASAW"),
    ],
)
def test_only_the_last_path_loses_the_prefix(steps: list[str], kinds: str) -> None:
    data = added_paths(*steps)
    rows = [KIND_LETTERS[kind] for batch in MrtReader(data) for kind in batch.kind]
    assert "".join(rows) == kinds
    assert sum(map(len, MrtReader(data, everything=True))) == len(steps)


def test_paths_of_the_table_are_remembered_across_files() -> None:
    attributes = writer.rib_attributes((64501,), "192.0.2.1")
    entries = [bytes(6) + path_id.to_bytes(4) + len(attributes).to_bytes(2) + attributes for path_id in (1, 2)]
    peer = [Peer(64500, "192.0.2.1")]
    index = writer.peer_index_table(TIME_US, collector_id="192.0.2.254", view="", peers=peer)
    shared = Dictionaries()
    list(MrtReader(index + record(13, 8, bytes(4) + b"\x18\xc6\x33\x64\0\2" + b"".join(entries)), dictionaries=shared))
    assert list(MrtReader(added_paths("-2"), dictionaries=shared)) == []
    assert sum(map(len, MrtReader(added_paths("-1"), dictionaries=shared))) == 1


def test_very_many_paths_are_remembered() -> None:
    """More than the memory begins with, so that it must grow."""
    data = b"".join(bgp4mp(update(b"", ROUTE, with_path(number)), 9) for number in range(10_000))
    data += b"".join(bgp4mp(update(with_path(number)), 9) for number in range(10_000))
    kinds = [int(kind) for batch in MrtReader(data, batch_rows=777) for kind in batch.kind]
    assert kinds == [0] * 10_000 + [WITHDRAW]

"""What the writer writes is what Debian's bgpdump reads."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gonedark.model.prefix import Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import Peer

V4 = Peer(64500, "192.0.2.1")
V6 = Peer(4200000001, "2001:db8::1")
SESSION_V4 = writer.Session(V4, 6447, "192.0.2.254")
SESSION_V6 = writer.Session(V6, 6447, "2001:db8::fe")
HOPS = {"next_hop_v4": "192.0.2.1", "next_hop_v6": "2001:db8::1"}
NOON_US = 1_419_264_900_250_000
FOUR = [Prefix.parse(f"175.45.{n}.0/24") for n in range(176, 180)]


def bgpdump(tmp_path: Path, data: bytes) -> list[list[str]]:
    program = shutil.which("bgpdump")
    if program is None:
        pytest.fail("bgpdump is not installed; on Debian: apt-get install bgpdump")
    path = tmp_path / "sample.mrt"
    path.write_bytes(data)
    result = subprocess.run([program, "-m", str(path)], capture_output=True, text=True, check=True)
    assert "error" not in result.stderr.lower(), result.stderr
    return [line.split("|") for line in result.stdout.splitlines()]


def records(messages: list[bytes], session: writer.Session = SESSION_V4, **options: object) -> bytes:
    return b"".join(writer.message_record(NOON_US, session, message, **options) for message in messages)


def test_routing_table_with_both_families_and_sets(tmp_path: Path) -> None:
    v6 = Prefix.parse("2001:db8:1::/48")
    plain = writer.rib_attributes((64500, 4837, 131279), "192.0.2.1")
    with_set = writer.rib_attributes((64500, (3356, 131279)), "2001:db8::1")
    data = writer.peer_index_table(NOON_US, collector_id="192.0.2.254", view="route-views.test", peers=[V4, V6])
    data += writer.rib_record(NOON_US, 0, FOUR[0], [writer.rib_entry(0, NOON_US, plain)])
    data += writer.rib_record(NOON_US, 1, v6, [writer.rib_entry(1, NOON_US, with_set)])
    lines = bgpdump(tmp_path, data)
    assert lines[0][:7] == [
        "TABLE_DUMP2",
        "1419264900",
        "B",
        V4.address,
        "64500",
        "175.45.176.0/24",
        "64500 4837 131279",
    ]
    assert lines[1][3:7] == [V6.address, "4200000001", str(v6), "64500 {3356,131279}"]


def test_default_route_and_odd_lengths_survive(tmp_path: Path) -> None:
    prefixes = [Prefix.parse(text) for text in ("0.0.0.0/0", "10.128.0.0/9", "192.0.2.129/32", "::/0", "2001:db8::/29")]
    lines = bgpdump(tmp_path, records(list(writer.announcements(prefixes, (64500, 1), **HOPS))))
    assert [line[5] for line in lines] == [str(prefix) for prefix in prefixes]


def test_announcements_and_withdrawals_of_both_families(tmp_path: Path) -> None:
    v6 = Prefix.parse("2c0f:f9b0::/32")
    data = records(list(writer.announcements([*FOUR, v6], (4200000001, 4837, 131279), **HOPS)), SESSION_V6)
    data += records(list(writer.withdrawals([*FOUR, v6])), SESSION_V6)
    lines = bgpdump(tmp_path, data)
    wanted = [str(prefix) for prefix in [*FOUR, v6]]
    assert [line[5] for line in lines if line[2] == "A"] == wanted
    assert [line[5] for line in lines if line[2] == "W"] == wanted
    assert {line[6] for line in lines if line[2] == "A"} == {"4200000001 4837 131279"}


def test_microseconds_only_where_asked_for(tmp_path: Path) -> None:
    messages = list(writer.withdrawals(FOUR[:1]))
    precise = bgpdump(tmp_path, records(messages, precise=True))
    coarse = bgpdump(tmp_path, records(messages))
    assert precise[0][:2] == ["BGP4MP_ET", "1419264900.250000"]
    assert coarse[0][:2] == ["BGP4MP", "1419264900"]


def test_two_octet_messages_carry_the_true_path_beside(tmp_path: Path) -> None:
    messages = list(writer.announcements(FOUR[:1], (64500, 4837, 131279), asn_bytes=2, **HOPS))
    lines = bgpdump(tmp_path, records(messages, asn_bytes=2))
    assert lines[0][6] == "64500 4837 131279"


def test_state_changes(tmp_path: Path) -> None:
    changes = [(writer.ESTABLISHED, writer.IDLE), (writer.OPEN_CONFIRM, writer.ESTABLISHED)]
    data = b"".join(writer.state_change(NOON_US, SESSION_V4, old, new) for old, new in changes)
    data += writer.state_change(NOON_US, SESSION_V4, 1, 2, asn_bytes=2, precise=True)
    lines = bgpdump(tmp_path, data)
    assert [line[2:7] for line in lines] == [
        ["STATE", V4.address, "64500", "6", "1"],
        ["STATE", V4.address, "64500", "5", "6"],
        ["STATE", V4.address, "64500", "1", "2"],
    ]


def test_end_of_rib_is_the_empty_update() -> None:
    assert writer.end_of_rib("ipv4").hex() == "ff" * 16 + "001702" + "00000000"
    assert writer.end_of_rib("ipv6").hex() == "ff" * 16 + "001d02" + "00000006" + "800f03000201"


def test_many_prefixes_are_split_over_messages_within_the_limit(tmp_path: Path) -> None:
    many = [Prefix("ipv4", number << 8, 24) for number in range(3000)]
    many += [Prefix("ipv6", (0x20010DB80000 + number) << 80, 48) for number in range(1500)]
    announced = list(writer.announcements(many, tuple(range(1, 300)), **HOPS))
    withdrawn = list(writer.withdrawals(many))
    assert max(map(len, announced + withdrawn)) <= 4096
    lines = bgpdump(tmp_path, records(announced + withdrawn))
    assert [line[5] for line in lines] == [str(prefix) for prefix in many] * 2
    assert lines[0][6] == " ".join(str(asn) for asn in range(1, 300))


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 4096"):
        writer.update_message(announced=bytes(4096))
    with pytest.raises(ValueError, match="two families"):
        writer.state_change(NOON_US, writer.Session(V4, 1, "::1"), 1, 6)

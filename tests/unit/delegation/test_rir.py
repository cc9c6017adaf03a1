"""The RIR file reader: forms that occur, and bytes that should not hurt it."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonedark.delegation import rir
from gonedark.delegation.rir import NO_COUNTRY, DelegationError, Delegations, read_delegation, unpack_code

PLAIN = b"""2|ripencc|1407103199|4|19830705|20140803|+0200
ripencc|*|ipv4|*|2|summary
ripencc|*|asn|*|1|summary
ripencc|*|ipv6|*|1|summary
# a comment
ripencc|SY|ipv4|5.0.0.0|65536|20120403|allocated
ripencc|SE|ipv4|194.71.107.0|768|19931019|assigned
ripencc|SY|asn|29256|1|20030707|allocated
ripencc|SY|ipv6|2a00:1d38::|29|20100628|allocated
"""


def read(tmp_path: Path, blob: bytes, name: str = "delegated") -> Delegations:
    path = tmp_path / name
    path.write_bytes(blob)
    return read_delegation(path)


def rows(file: Delegations, kind: rir.Kind) -> list[tuple[int, int, str | None]]:
    table = file.claims[kind]
    codes = [None if code == NO_COUNTRY else unpack_code(code) for code in table.country.tolist()]
    return list(zip(table.first.tolist(), table.last.tolist(), codes, strict=True))


def test_a_plain_file(tmp_path: Path) -> None:
    file = read(tmp_path, PLAIN)
    assert (file.registry, file.date, file.bad_rows, file.cut) == ("ripencc", 20140803, 0, None)
    assert rows(file, "ipv4") == [
        (5 << 24, (5 << 24) + 65535, "SY"),
        (0xC2476B00, 0xC2476B00 + 767, "SE"),
    ]
    assert rows(file, "asn") == [(29256, 29256, "SY")]
    assert rows(file, "ipv6") == [(0x2A001D3800000000, 0x2A001D3FFFFFFFFF, "SY")]
    assert all(file.complete(kind) for kind in rir.KINDS)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compression_is_found_by_content_not_name(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert rows(read(tmp_path, pack(PLAIN), "odd.txt"), "asn") == [(29256, 29256, "SY")]


def test_extended_rows_and_statuses(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        b"test|KP|ipv4|10.0.0.0|256|20140101|allocated|opaque|more\n"
        b"test|kp|ipv4|10.0.1.0|256|00000000|Assigned\r\n"
        b"test||ipv4|10.0.2.0|256||available|\n"
        b"test|ZZ|ipv4|10.0.3.0|256||reserved\n"
        b"test|EU|ipv4|10.0.4.0|256|20140101|allocated\n"
        b"test|AP|ipv4|10.0.5.0|256|20140101|allocated\n"
        b"test|KP|asn|2.207|1|20091221|allocated\n",
    )
    assert [code for _, _, code in rows(file, "ipv4")] == ["KP", "KP", None, None, None, None]
    assert rows(file, "asn") == [(131279, 131279, "KP")]
    assert (file.registry, file.bad_rows, file.complete("ipv4")) == ("test", 0, False)


@pytest.mark.parametrize(
    "row",
    [
        b"test|KP|ipv4|10.0.0.0|256|20140101",
        b"test|KP|ipv4|10.0.0.256|256|20140101|allocated",
        b"test|KP|ipv4|10.0.0.0|0|20140101|allocated",
        b"test|KP|ipv4|10.0.0.0|-1|20140101|allocated",
        b"test|KP|ipv4|10.0.0.0|99999999999999999999999999|20140101|allocated",
        b"test|KP|ipv4|255.255.255.0|257|20140101|allocated",
        b"test|KPX|ipv4|10.0.0.0|256|20140101|allocated",
        b"test|\xff\xfe|ipv4|10.0.0.0|256|20140101|allocated",
        b"test|KP|ipv5|10.0.0.0|256|20140101|allocated",
        b"test|KP|ipv4|10.0.0.0|256|2014-01-01|allocated",
        b"test|KP|ipv6|2001:db8::|65|20140101|allocated",
        b"test|KP|ipv6|2001:db8::1|32|20140101|allocated",
        b"test|KP|ipv6|::|0|20140101|allocated",
        b"test|KP|asn|4294967295|2|20140101|allocated",
        b"test|KP|asn|1.65536|1|20140101|allocated",
        b"test|KP|asn|.1|1|20140101|allocated",
        b"\x00\x01\x02",
        b"|" * 600,
        b"x" * 5000,
    ],
)
def test_a_bad_row_costs_only_itself(tmp_path: Path, row: bytes) -> None:
    file = read(tmp_path, PLAIN + row + b"\n" + row + b"\nripencc|SY|asn|29257|1|20030707|allocated\n")
    assert (file.bad_rows, file.first_bad_line) == (2, 10)
    assert len(file.claims["asn"]) == 2


@given(st.binary(max_size=300), st.integers(0, 400))
def test_bytes_thrown_into_a_file_never_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    path = tmp_path_factory.mktemp("noise") / "delegated"
    path.write_bytes(PLAIN[:at] + noise + PLAIN[at:])
    try:
        file = read_delegation(path)
    except DelegationError:
        return
    assert sum(len(table) for table in file.claims.values()) >= 1


@given(st.integers(0, 10_000), st.binary(max_size=20))
def test_a_damaged_archive_gives_what_was_whole(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes
) -> None:
    many = PLAIN + b"".join(b"ripencc|SY|asn|%d|1|20030707|allocated\n" % number for number in range(50_000, 60_000))
    blob = gzip.compress(many)
    path = tmp_path_factory.mktemp("torn") / "delegated.gz"
    assert len(blob) > 10_000
    path.write_bytes(blob[:at] + noise)
    try:
        file = read_delegation(path)
    except DelegationError:
        return
    assert file.cut


def test_a_torn_archive_says_so(tmp_path: Path) -> None:
    many = PLAIN + b"".join(b"ripencc|SY|asn|%d|1|20030707|allocated\n" % number for number in range(50_000, 90_000))
    file = read(tmp_path, gzip.compress(many)[:-2000])
    assert file.cut is not None
    assert file.cut.startswith("cut off")
    assert 1 < len(file.claims["asn"]) < 40_001


def test_one_endless_line_is_not_held_in_memory(tmp_path: Path) -> None:
    file = read(tmp_path, gzip.compress(PLAIN + b"x" * (64 << 20) + b"\n"))
    assert (file.bad_rows, file.first_bad_line) == (1, 10)


def test_too_much_text_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rir, "MAX_BYTES", len(PLAIN) + 100)
    file = read(tmp_path, PLAIN + b"#" * 2000)
    assert file.cut is not None
    assert len(file.claims["ipv4"]) == 2


def test_too_many_bad_rows_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rir, "MAX_BAD_ROWS", 50)
    file = read(tmp_path, PLAIN + b"no\n" * 100)
    assert file.bad_rows == 51
    assert file.cut is not None


@pytest.mark.parametrize("blob", [b"", b"hello\n", b"{}" * 10_000, b"\x1f\x8b\x08garbage", b"no\n" * 5000])
def test_other_files_are_refused_in_one_line(tmp_path: Path, blob: bytes) -> None:
    with pytest.raises(DelegationError, match="is not a delegation file") as caught:
        read(tmp_path, blob)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DelegationError, match="No such file"):
        read_delegation(tmp_path / "none")


def test_without_a_version_line_the_date_is_the_names_or_the_latest_rows(tmp_path: Path) -> None:
    row = b"test|KP|ipv4|10.0.0.0|256|20140101|allocated\n"
    assert read(tmp_path, row, "delegated-test-20141231").date == 20141231
    assert read(tmp_path, row).date == 20140101


def test_rows_dated_later_can_be_left_out(tmp_path: Path) -> None:
    file = read(tmp_path, PLAIN).until(20051231)
    assert rows(file, "ipv4") == [(0xC2476B00, 0xC2476B00 + 767, "SE")]
    assert len(file.claims["ipv6"]) == 0

"""Loading: embedded snapshots, files and folders, and the traps of the real data."""

import gzip
import ipaddress
import lzma
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gonedark.delegation.brands import BRANDS
from gonedark.delegation.registry import EMBEDDED, data_folder, load_registry, nearest_snapshot
from gonedark.delegation.rir import DelegationError
from gonedark.delegation.snapshot import Snapshot, read_snapshot, snapshot_name, write_snapshot
from gonedark.model.attribution import Ranges, Registry
from gonedark.model.prefix import Prefix
from gonedark.model.time import parse_time
from shared_data import shared

DECEMBER_2014 = parse_time("2014-12-22T16:15Z")


@pytest.fixture(autouse=True)
def no_updates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No data of the user's own; updates, where a test makes them, go below this folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return data_folder()


@pytest.fixture(scope="module", params=["2014-12-22", "2026-07-01"])
def embedded(request: pytest.FixtureRequest) -> Registry:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", "/nonexistent")
        return load_registry(at_us=parse_time(request.param))


def test_north_korea_is_one_block_and_one_as(embedded: Registry) -> None:
    korea = embedded.attribution("KP")
    assert korea.name == "North Korea"
    assert korea.addresses("ipv4") == 1024
    assert korea.addresses("ipv6") == 0
    assert korea.asn_ranges.tolist() == [[131279, 131279]]
    assert [korea.is_national(Prefix.parse(f"175.45.{third}.0/24")) for third in range(175, 181)] == [
        False,
        *[True] * 4,
        False,
    ]
    assert not korea.is_national(Prefix.parse("194.71.107.0/24"))
    assert embedded.attribution("SE").is_national(Prefix.parse("194.71.107.0/24"))
    assert embedded.name_of_asn(131279) == "STAR-KP Ryugyong-dong"


def test_a_large_network_has_the_name_that_people_know(embedded: Registry) -> None:
    assert embedded.name_of_asn(4837) == "China Unicom"
    assert embedded.name_of_asn(3356) == "Lumen / Level 3"
    assert all(name.strip() == name and len(name) <= 50 for name in BRANDS.values())
    assert set(BRANDS) <= set(embedded.asn_names), "names of the table stand beside those of the registries"


@pytest.mark.parametrize(
    ("code", "prefix", "asn"),
    [
        ("EG", "163.121.0.0/16", 8452),
        ("EG", "41.32.0.0/12", 24863),
        ("SY", "31.9.0.0/16", 29256),
        ("IR", "2.176.0.0/12", 12880),
        ("TW", "1.160.0.0/12", 3462),
        ("YE", "82.114.160.0/19", 30873),
        ("AF", "180.94.64.0/19", 38742),
        ("CN", "1.24.0.0/13", 4837),
    ],
)
def test_countries_hold_what_they_are_known_for(embedded: Registry, code: str, prefix: str, asn: int) -> None:
    assert embedded.country_of_asn(asn) == code
    cut = embedded.attribution(code)
    assert cut.is_domestic(asn)
    assert cut.is_national(Prefix.parse(prefix))


def test_the_world_is_about_as_large_as_it_was(embedded: Registry) -> None:
    sizes = {code: embedded.attribution(code).addresses("ipv4") for code in embedded.codes}
    assert 3.2e9 < sum(sizes.values()) < 3.75e9
    assert 1.55e9 < sizes["US"] < 1.65e9
    assert 230 <= len(sizes) <= 249
    assert not {"EU", "AP", "ZZ", ""} & set(sizes)


def test_ranges_are_sorted_disjoint_and_joined(embedded: Registry) -> None:
    for table in (*embedded.ranges.values(), embedded.asns):
        assert (table.first <= table.last).all()
        assert (table.first[1:] > table.last[:-1]).all()
        touching = table.first[1:] == table.last[:-1] + np.uint64(1)
        assert not (touching & (table.country[1:] == table.country[:-1])).any()
        assert 0 <= table.country.min() <= table.country.max() < len(embedded.codes)


def test_the_source_says_how_sure(embedded: Registry) -> None:
    if embedded.date.startswith("2014"):
        assert "ARIN is pieced together" in embedded.source
    else:
        assert "warns of errors" in embedded.source
        assert "AS numbers only of 2014" in embedded.source


@pytest.mark.parametrize(
    ("at", "date"),
    [("2011-01-27", "2014-10-08"), ("2014-12-22", "2014-10-08"), ("2024-01-01", "2026-06-17"), (None, "2026-06-17")],
)
def test_the_nearest_snapshot_is_taken(at: str | None, date: str) -> None:
    assert load_registry(at_us=None if at is None else parse_time(at)).date == date


def test_delegations_of_another_year_come_with_a_warning() -> None:
    assert load_registry(at_us=DECEMBER_2014).warnings == load_registry().warnings == ()
    (before,) = load_registry(at_us=parse_time("2019-01-07")).warnings
    assert "delegated on 2014-10-08, 4.2 years before 2019-01-07" in before
    (after,) = load_registry(at_us=parse_time("2011-01-27")).warnings
    assert "2014-10-08, 3.7 years after 2011-01-27" in after


def test_an_update_is_taken_where_it_is_nearest(no_updates: Path) -> None:
    no_updates.mkdir(parents=True)
    for date in (20261121, 20180101):
        one = Ranges(np.array([1], np.uint64), np.array([9], np.uint64), np.array([0], np.int16))
        write_snapshot(
            no_updates / snapshot_name(date),
            Snapshot(date, "update", ("KP",), dict.fromkeys(("asn", "ipv4", "ipv6"), one)),
        )
    assert load_registry().date == "2026-11-21"
    assert load_registry(at_us=parse_time("2018-06-01")).date == "2018-01-01"
    assert load_registry(at_us=DECEMBER_2014).date == "2014-10-08"


def test_a_snapshot_comes_back_as_it_was_written(tmp_path: Path) -> None:
    for date in (20141008, 20260617):
        before = read_snapshot(EMBEDDED / snapshot_name(date))
        write_snapshot(tmp_path / "again", before)
        assert (tmp_path / "again").read_bytes() == (EMBEDDED / snapshot_name(date)).read_bytes()


@pytest.mark.parametrize(
    "blob", [b"", b"junk", lzma.compress(b"junk"), lzma.compress(b"PK\x03\x04junk"), b"\xfd7zXZ\x00torn"]
)
def test_a_damaged_update_is_named(no_updates: Path, blob: bytes) -> None:
    no_updates.mkdir(parents=True)
    (no_updates / snapshot_name(20261121)).write_bytes(blob)
    with pytest.raises(DelegationError, match="no usable snapshot") as caught:
        load_registry()
    assert "\n" not in str(caught.value)
    assert nearest_snapshot(20141222).parent == EMBEDDED


def delegated(folder: Path, name: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(f"{row}\n" for row in rows))
    return folder / name


def test_files_replace_the_embedded_data_completely(tmp_path: Path) -> None:
    path = delegated(tmp_path, "mine.txt", "mine|KP|ipv4|10.0.0.0|1000|20140101|allocated", "bad row")
    registry = load_registry([path], DECEMBER_2014)
    assert registry.codes == ("KP",)
    assert registry.attribution("KP").addresses("ipv4") == 1000
    assert registry.country_of_asn(131279) is None
    assert registry.source == "mine of 2014-01-01"
    assert registry.warnings == ("mine.txt: 1 unusable row(s) left out, the first in line 2",)


def test_a_folder_passes_over_other_files_with_a_word(tmp_path: Path) -> None:
    delegated(tmp_path / "in", "mine.txt", "mine|KP|ipv4|10.0.0.0|1000|20140101|allocated")
    delegated(tmp_path / "in", "README", "nothing")
    registry = load_registry([tmp_path / "in"])
    assert registry.warnings == ("1 other file(s) beside the delegation files passed over, such as README",)


def test_unusable_paths_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DelegationError, match="not a delegation file"):
        load_registry([delegated(tmp_path, "README", "nothing")])
    with pytest.raises(DelegationError, match="no delegation file in it"):
        load_registry([tmp_path])
    with pytest.raises(DelegationError, match="No such file"):
        load_registry([tmp_path / "none"])


def test_rows_dated_later_are_left_out_only_on_request(tmp_path: Path) -> None:
    path = delegated(
        tmp_path, "mine.txt", "mine|KP|ipv4|10.0.0.0|8|20200101|allocated", "mine|KP|ipv4|10.0.1.0|8||allocated"
    )
    assert load_registry([path], DECEMBER_2014).attribution("KP").addresses("ipv4") == 16
    assert load_registry([path], DECEMBER_2014, leave_out_later=True).attribution("KP").addresses("ipv4") == 8


REGISTRIES_2014 = [
    "delegated-afrinic-20140630.gz",
    "delegated-apnic-20141009.gz",
    "delegated-lacnic-20141008.gz",
    "delegated-ripencc-20140803.gz",
]


def raw_rows(name: str, code: str, kind: str) -> list[tuple[str, int]]:
    """Start and value of a country's rows, with nothing of the package."""
    return rows_of(name)[code, kind]


@cache
def rows_of(name: str) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """A file's rows by country and kind."""
    rows: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    with gzip.open(shared(f"registry/{name}"), "rt") as stream:
        for line in stream:
            fields = line.rstrip("\n").split("|")
            if len(fields) > 6 and fields[6] in ("allocated", "assigned"):
                rows[fields[1], fields[2]].append((fields[3], int(fields[4])))
    return rows


def number_of(address: str) -> int:
    """An IPv4 address as a number, from its four parts alone: there are very many."""
    return int.from_bytes(bytes(map(int, address.split("."))))


@pytest.fixture(scope="module")
def real_2014() -> Registry:
    return load_registry([shared("registry")], DECEMBER_2014)


@pytest.mark.parametrize("code", ["KP", "SY", "YE", "AF", "ER", "CU", "SD"])
def test_counts_agree_with_counting_every_address(real_2014: Registry, code: str) -> None:
    held: dict[str, set[int]] = {"ipv4": set(), "ipv6": set(), "asn": set()}
    for name in REGISTRIES_2014:
        for start, count in raw_rows(name, code, "ipv4"):
            first = int(ipaddress.IPv4Address(start))
            held["ipv4"].update(range(first, first + count))
        for start, length in raw_rows(name, code, "ipv6"):
            first = int(ipaddress.IPv6Address(start)) >> 80
            held["ipv6"].update(range(first, first + 2 ** max(0, 48 - length)))
        for start, count in raw_rows(name, code, "asn"):
            held["asn"].update(range(int(start), int(start) + count))
    cut = real_2014.attribution(code)
    assert cut.addresses("ipv4") == len(held["ipv4"])
    assert cut.addresses("ipv6") == len(held["ipv6"])
    assert {asn for first, last in cut.asn_ranges.tolist() for asn in range(first, last + 1)} == held["asn"]
    embedded = load_registry(at_us=DECEMBER_2014).attribution(code)
    assert np.array_equal(embedded.ranges["ipv4"], cut.ranges["ipv4"])
    assert np.array_equal(embedded.ranges["ipv6"], cut.ranges["ipv6"])


def test_arin_is_pieced_together_newer_over_older() -> None:
    """Jamaica by hand: rows of 2014 where the file reaches, rows of 2013 that no row of 2014 touches."""
    newer, older = "delegated-arin-extended-20140804.gz", "delegated-arin-20130813.gz"
    old_rows = [(int(ipaddress.IPv4Address(start)), count) for start, count in raw_rows(older, "JM", "ipv4")]
    jamaica = {address for first, count in old_rows for address in range(first, first + count)}
    with gzip.open(shared(f"registry/{newer}"), "rt") as stream:
        for fields in (line.split("|") for line in stream):
            if len(fields) > 6 and fields[2] == "ipv4":
                first, count = int(ipaddress.IPv4Address(fields[3])), int(fields[4])
                for old, size in old_rows:
                    jamaica.difference_update(range(max(first, old), min(first + count, old + size)))
    for start, count in raw_rows(newer, "JM", "ipv4"):
        jamaica.update(range(int(ipaddress.IPv4Address(start)), int(ipaddress.IPv4Address(start)) + count))
    registry = load_registry([shared(f"registry/{newer}"), shared(f"registry/{older}")])
    cut = registry.attribution("JM")
    assert jamaica
    assert {address for first, last in cut.ranges["ipv4"].tolist() for address in range(first, last + 1)} == jamaica
    assert (
        registry.source == "arin of 2014-08-04 (25,566 of 55,018 ipv4 rows, 0 of 32,827 ipv6 rows); arin of 2013-08-12"
    )


def test_nearly_every_routed_prefix_of_2014_has_a_country() -> None:
    """The prefixes of a real table of May 2014: what the snapshot knows nothing about is the rare exception."""
    with gzip.open(shared("tables/ipasn_20140513.dat.gz"), "rt") as stream:
        prefixes = [line.split()[0].split("/") for line in stream if line[0].isdigit()]
    addresses = np.array([number_of(row[0]) for row in prefixes], np.uint64)
    lengths = np.array([int(row[1]) for row in prefixes], np.uint8)
    registry = load_registry(at_us=DECEMBER_2014)
    countries = registry.country_of_prefixes("ipv4", addresses, lengths)
    assert np.mean(countries >= 0) > 0.97
    korean = registry.attribution("KP").national_mask("ipv4", addresses, lengths)
    assert sorted(prefixes[at][0] for at in np.flatnonzero(korean)) == [
        f"175.45.{third}.0" for third in range(176, 180)
    ]


@pytest.mark.parametrize(("day", "egyptian"), [("20110101", 2863), ("20110201", 88), ("20110301", 2896)])
def test_egypts_blackout_in_real_tables(day: str, egyptian: int) -> None:
    """The counts the data's own notes give for Egypt before, in and after January 2011, read here independently."""
    with gzip.open(shared(f"tables/rv2-prefix-origin-{day}.tsv.gz"), "rt") as stream:
        prefixes = [line.split()[0].split("/") for line in stream if line[0].isdigit() and ":" not in line]
    addresses = np.array([number_of(row[0]) for row in prefixes], np.uint64)
    lengths = np.array([int(row[1]) for row in prefixes], np.uint8)
    registry = load_registry(at_us=parse_time("2011-01-27"))
    assert int(registry.attribution("EG").national_mask("ipv4", addresses, lengths).sum()) == egyptian
    countries = registry.country_of_prefixes("ipv4", addresses, lengths)
    assert int((countries == registry.codes.index("EG")).sum()) == egyptian

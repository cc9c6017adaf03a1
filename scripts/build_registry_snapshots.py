"""Builds the delegation snapshots that come with the package, from a folder with the named sources.

    python scripts/build_registry_snapshots.py ../shared/data/registry

Sources, dates and licences stand in NOTICE. The result is the same bytes whenever it is built from the same files.
"""

import csv
import gzip
import ipaddress
import json
import re
import sys
from pathlib import Path

import numpy as np

from gonedark.delegation.overlay import in_order
from gonedark.delegation.registry import EMBEDDED, combine, read_files
from gonedark.delegation.rir import KINDS, Claims, Delegations, Kind, pack_code
from gonedark.delegation.snapshot import Snapshot, snapshot_name, write_names, write_snapshot

LONGEST_NAME = 80
NRO_DATE = 20260617
NAMES_2016_DATE = 20160101
NOT_NAMES = {"-Reserved AS-", "-Private Use AS-", "Unallocated", ""}

SOURCE_2014 = (
    "embedded, 2014: delegation files of RIPE NCC 2014-08-03, APNIC 2014-10-08, LACNIC 2014-10-08 and AFRINIC "
    "2014-06-30, complete; ARIN is pieced together: AS numbers and the IPv4 rows up to 192.219.215.255 of 2014-08-04, "
    "the other IPv4 rows and IPv6 of 2013-08-12"
)
SOURCE_2026 = (
    "embedded, 2026: addresses of 2026-06-17 from NRO data (CC BY 4.0) as published in ip-location-db's asn-country "
    "2.3.2026061719, whose publisher warns of errors (99.83 % of IPv4 addresses agreed with the RIRs' files in a "
    "check); AS numbers only of 2014 (RIRs) with the countries of a 2016 list of AS names over them, so ASes newer "
    "than 2016 are of unknown country"
)


def snapshot_2014(folder: Path) -> Snapshot:
    """The five registries around August 2014; overlay's rule pieces ARIN together."""
    files, _ = read_files(sorted(folder.glob("delegated-*-201*.gz")))
    made = combine(files)
    return Snapshot(made.date, SOURCE_2014, made.codes, made.ranges)


def snapshot_2026(folder: Path, names: dict[int, tuple[str, str]]) -> Snapshot:
    """Addresses of the NRO table; AS numbers of 2014 with the 2016 list's countries over them."""
    files, _ = read_files(sorted(folder.glob("delegated-*-201*.gz")))
    asns = [only_asns(file) for file in in_order(files, None)]
    table: dict[Kind, Claims] = {
        "ipv4": read_ranges(folder / "2026-asn-country" / "asn-country-ipv4.csv.gz", 0),
        "ipv6": read_ranges(folder / "2026-asn-country" / "asn-country-ipv6.csv.gz", 64),
        "asn": empty(),
    }
    made = combine([file_of("nro", NRO_DATE, table), file_of("names", NAMES_2016_DATE, asn_claims(names)), *asns])
    return Snapshot(NRO_DATE, SOURCE_2026, made.codes, made.ranges)


def empty() -> Claims:
    """No rows."""
    return Claims(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int16), np.zeros(0, np.int32))


def file_of(registry: str, date: int, claims: dict[Kind, Claims]) -> Delegations:
    """A source that is no RIR file, dressed as one."""
    return Delegations(registry, registry, date, claims, {kind: len(claims[kind]) for kind in KINDS}, {})


def only_asns(file: Delegations) -> Delegations:
    """The AS numbers of a file, without its addresses."""
    claims: dict[Kind, Claims] = {"asn": file.claims["asn"], "ipv4": empty(), "ipv6": empty()}
    return Delegations(file.name, file.registry, file.date, claims, file.rows, file.promised)


def columns(rows: list[tuple[int, int, str]]) -> Claims:
    """Rows (first, last, code) as claims without dates."""
    return Claims(
        np.array([row[0] for row in rows], np.uint64),
        np.array([row[1] for row in rows], np.uint64),
        np.array([pack_code(row[2]) for row in rows], np.int16),
        np.zeros(len(rows), np.int32),
    )


def read_ranges(path: Path, shift: int) -> Claims:
    """A table ``first,last,CC``."""
    with gzip.open(path, "rt", encoding="ascii") as stream:
        return columns(
            [
                (int(ipaddress.ip_address(first)) >> shift, int(ipaddress.ip_address(last)) >> shift, code)
                for first, last, code in csv.reader(stream)
            ]
        )


def asn_claims(names: dict[int, tuple[str, str]]) -> dict[Kind, Claims]:
    """The countries of a list of AS names; ZZ (returned to the registry) takes a number away."""
    rows = [(asn, asn, code) for asn, (_, code) in sorted(names.items()) if code]
    return {"asn": columns(rows), "ipv4": empty(), "ipv6": empty()}


def names_2014(path: Path) -> dict[int, str]:
    """``AS1     LVLT-1 - Level 3 Communications, Inc.``, numbers above 65535 as ``AS2.207``."""
    names: dict[int, str] = {}
    with gzip.open(path, "rt", encoding="latin-1") as stream:
        for line in stream:
            number, _, name = line.strip().partition(" ")
            upper, dot, lower = number.removeprefix("AS").partition(".")
            if name.strip() not in NOT_NAMES:
                names[(int(upper) << 16) + int(lower) if dot else int(upper)] = tidy(name)
    return names


def names_2016(path: Path) -> dict[int, tuple[str, str]]:
    """Name and country of each AS; the country is empty where the list has none."""
    names: dict[int, tuple[str, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for number, text in json.load(stream).items():
            name, _, code = text.rpartition(", ")
            names[int(number)] = tidy(name), code if re.fullmatch("[A-Z]{2}", code) else ""
    return names


def tidy(name: str) -> str:
    """One line without runs of commas or blanks and without the handle said twice, cut to LONGEST_NAME characters."""
    name = re.sub(r"\s+", " ", re.sub(r",{2,}", ",", name)).strip(" ,")
    handle, dash, rest = name.partition(" - ")
    if dash and rest.startswith(handle + " "):
        name = rest
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def main(folder: Path) -> None:
    """Write everything into the package's data folder."""
    EMBEDDED.mkdir(exist_ok=True)
    listed = names_2016(folder / "asnames-2016.json.gz")
    for snapshot in (snapshot_2014(folder), snapshot_2026(folder, listed)):
        write_snapshot(EMBEDDED / snapshot_name(snapshot.date), snapshot)
    write_names(EMBEDDED / "asnames-2014.npz.xz", names_2014(folder / "asnames_20140524.txt.gz"))
    write_names(
        EMBEDDED / "asnames-2016.npz.xz", {asn: name for asn, (name, _) in listed.items() if name not in NOT_NAMES}
    )
    for path in sorted(EMBEDDED.glob("*.xz")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""How many people use a country's networks: a range, never a number.

Begin with :func:`users_of_addresses`, or :func:`users_of_file` where published estimates by AS are at hand (APNIC's).
Not for who lost service in an outage.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gonedark.model.exposure import Users

FEWEST_PER_ADDRESS, MOST_PER_ADDRESS = 0.2, 4.0
"""Persons behind one announced IPv4 address: an assumption. Rich countries have several addresses a person; offices,
schools and homes share one; carriers that put thousands of customers behind one address exceed the upper figure."""
TINY_ADDRESSES = 4096
MOST_USERS = 10_000_000_000
"""No network has more than the world has people."""


@dataclass(frozen=True, slots=True)
class AsUsers:
    """A published estimate: users of one AS in one country."""

    asn: int
    country: str
    users: int


def users_of_addresses(addresses: int, date: str | None) -> Users | None:
    """A range from the number of announced addresses alone; None where none is announced."""
    if addresses <= 0:
        return None
    method = (
        f"{addresses:,} announced addresses times {FEWEST_PER_ADDRESS} to {MOST_PER_ADDRESS:g} persons an address "
        "(an assumption, not a measurement; networks that share addresses among many customers exceed it)"
    )
    if addresses <= TINY_ADDRESSES:
        method += "; for so small a space the upper figure is a bound: a few thousand at most, unless they are shared"
    return Users(round(addresses * FEWEST_PER_ADDRESS), round(addresses * MOST_PER_ADDRESS), method, date)


def users_of_file(estimates: Iterable[AsUsers], code: str, origins: frozenset[int], date: str | None) -> Users | None:
    """A range from published users by AS: those whose AS is seen to announce the country's space, up to all of the
    country; None where the file has none of it."""
    mine = [row for row in estimates if row.country == code]
    if not mine:
        return None
    low = sum(row.users for row in mine if row.asn in origins)
    method = (
        f"published users by AS ({len(mine):,} of the country in the file): at least those of ASes that are seen to "
        "announce its addresses, at most all; such estimates follow advertisements shown, and agree with other sources "
        "in about half of the countries (IMC 2024)"
    )
    return Users(low, sum(row.users for row in mine), method, date)


def read_estimates(lines: Iterable[str]) -> list[AsUsers]:
    """APNIC's table as CSV with a head: columns ``AS`` (or ASN), ``CC`` and ``Users (est.)`` (or Users).

    Raises ValueError where a column is missing or a line has no numbers.
    """
    rows = _rows(lines)
    head = [field.strip().lower() for field in next(rows, [])]

    def column(*names: str) -> int:
        for at, field in enumerate(head):
            if any(field == name or field.startswith(name + " ") for name in names):
                return at
        raise ValueError(f"no column {names[0]!r} in the head; expected AS, CC and Users as in APNIC's table")

    asn, country, users = column("as", "asn"), column("cc"), column("users", "estimated users")
    found: list[AsUsers] = []
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        try:
            amount = float(row[users].replace(",", ""))
            if not 0 <= amount <= MOST_USERS:
                raise ValueError
            found.append(AsUsers(int(row[asn].upper().removeprefix("AS")), row[country].strip().upper(), int(amount)))
        except (ValueError, IndexError):
            raise ValueError(f"line {number}: no AS number and users in it") from None
    return found


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    rows = csv.reader(lines)
    try:
        yield from rows
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num}: {error}") from None

"""Reads the RIRs' delegation files, plain and extended: which addresses and AS numbers went to which country.

The form is ``registry|cc|type|start|value|date|status[|opaque]`` (RIR statistics exchange format, version 2; extended
by the NRO in version 2.3). Begin with :func:`read_delegation`. Not for deciding between files: that is ``overlay``.

Every byte is hostile: lines, rows and decompressed size are bounded, a bad row is counted and left out.
"""

import bz2
import gzip
import ipaddress
import lzma
import re
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal, cast

import numpy as np
from numpy.typing import NDArray

from gonedark.named_file import open_named

Kind = Literal["asn", "ipv4", "ipv6"]
KINDS: tuple[Kind, Kind, Kind] = ("asn", "ipv4", "ipv6")
NO_COUNTRY = -1
NOT_COUNTRIES = frozenset({"", "EU", "AP", "ZZ"})
"""Codes that registries write where a resource belongs to a region or to nobody."""

MAX_LINE_BYTES = 1024
MAX_ROWS = 4_000_000
MAX_BAD_ROWS = 100_000
MAX_BYTES = 512 << 20
PROBE_ROWS = 1000
"""So many lines without a sound one, and the file is something else."""

_MAGIC = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{6})(?!\d)")
_DELEGATED = frozenset({b"allocated", b"assigned"})


class DelegationError(ValueError):
    """A delegation file cannot be used; the message says which, why and what to try."""


@dataclass(frozen=True, eq=False)
class Claims:
    """Rows of one kind as columns: inclusive ``first`` and ``last`` (IPv6: upper 64 bits), ``country`` as
    :func:`pack_code` gives it (NO_COUNTRY where the row takes space from everyone), ``date`` as YYYYMMDD or 0."""

    first: NDArray[np.uint64]
    last: NDArray[np.uint64]
    country: NDArray[np.int16]
    date: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.first)

    def select(self, keep: NDArray[np.bool_]) -> "Claims":
        """Only the rows marked True."""
        return Claims(self.first[keep], self.last[keep], self.country[keep], self.date[keep])


@dataclass(frozen=True, eq=False)
class Delegations:
    """One file. ``date`` is YYYYMMDD or 0; ``promised`` are the row counts of its summaries, ``rows`` those read."""

    name: str
    registry: str
    date: int
    claims: dict[Kind, Claims]
    rows: dict[Kind, int]
    promised: dict[Kind, int]
    bad_rows: int = 0
    first_bad_line: int | None = None
    cut: str | None = None

    def complete(self, kind: Kind) -> bool:
        """True where the file says how many rows of a kind it has, and has them."""
        return kind in self.promised and self.rows[kind] >= self.promised[kind]

    def until(self, date: int) -> "Delegations":
        """Without the rows dated after a day (YYYYMMDD); rows without a date stay."""
        return replace(self, claims={kind: rows.select(rows.date <= date) for kind, rows in self.claims.items()})


def pack_code(code: str) -> int:
    """A two-letter code as a small number; NO_COUNTRY for EU, AP, ZZ and nothing."""
    return NO_COUNTRY if code in NOT_COUNTRIES else (ord(code[0]) - 65) * 26 + ord(code[1]) - 65


def unpack_code(number: int) -> str:
    """The two letters again."""
    return chr(65 + number // 26) + chr(65 + number % 26)


@dataclass
class _Column:
    first: "array[int]" = field(default_factory=lambda: array("Q"))
    last: "array[int]" = field(default_factory=lambda: array("Q"))
    country: "array[int]" = field(default_factory=lambda: array("h"))
    date: "array[int]" = field(default_factory=lambda: array("i"))

    def claims(self) -> Claims:
        return Claims(
            np.array(self.first, np.uint64),
            np.array(self.last, np.uint64),
            np.array(self.country, np.int16),
            np.array(self.date, np.int32),
        )


class _Reader:
    """The state of one file while its lines go by."""

    def __init__(self) -> None:
        self.registry = ""
        self.date = 0
        self.columns: dict[Kind, _Column] = {kind: _Column() for kind in KINDS}
        self.promised: dict[Kind, int] = {}
        self.rows: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self.sound = 0
        self.bad = 0
        self.first_bad: int | None = None

    def line(self, number: int, line: bytes) -> None:
        """Take one line: a comment, the version line, a summary or a row."""
        line = line.strip()
        if not line or line.startswith(b"#"):
            return
        fields = line.split(b"|")
        try:
            if len(fields) >= 6 and fields[-1] == b"summary":
                self._summary(fields)
            elif fields[0][:1].isdigit() and len(fields) in (6, 7) and fields[2] not in (b"asn", b"ipv4", b"ipv6"):
                self._version(fields)
            else:
                self._row(fields)
        except ValueError:
            self.bad += 1
            self.first_bad = self.first_bad or number

    def _version(self, fields: list[bytes]) -> None:
        """``version|registry|serial|records|startdate|enddate|UTCoffset``: the end date is the file's."""
        self.registry = _name(fields[1])
        self.date = _date(fields[5])

    def _summary(self, fields: list[bytes]) -> None:
        """``registry|*|type|*|count|summary``."""
        self.promised[_kind(fields[2])] = _number(fields[4], 1 << 32)

    def _row(self, fields: list[bytes]) -> None:
        if len(fields) < 7:
            raise ValueError("too few fields")
        kind = _kind(fields[2].lower())
        self.rows[kind] += 1
        code = fields[1].strip().upper().decode("ascii")
        if code not in NOT_COUNTRIES and not (len(code) == 2 and code.isalpha()):
            raise ValueError("no country code")
        date = _date(fields[5])
        first, last = _SPANS[kind](fields[3], fields[4])
        column = self.columns[kind]
        column.first.append(first)
        column.last.append(last)
        column.country.append(pack_code(code) if fields[6].strip().lower() in _DELEGATED else NO_COUNTRY)
        column.date.append(date)
        self.registry = self.registry or _name(fields[0])
        self.sound += 1


def _name(text: bytes) -> str:
    return re.sub(r"[^a-z0-9._-]", "", text.decode("ascii", "ignore").lower())[:32]


def _kind(text: bytes) -> Kind:
    for kind in KINDS:
        if text == kind.encode():
            return kind
    raise ValueError("no type")


def _number(text: bytes, largest: int) -> int:
    if not (text.isdigit() and len(text) <= 20 and int(text) <= largest):
        raise ValueError("no number")
    return int(text)


def _date(text: bytes) -> int:
    """YYYYMMDD as a number, 0 where empty or all zeros."""
    if text.strip(b" 0") == b"":
        return 0
    if len(text) != 8:
        raise ValueError("no date")
    return _number(text, 99991231)


def _ipv4(start: bytes, value: bytes) -> tuple[int, int]:
    first = int(ipaddress.IPv4Address(start.decode("ascii")))
    return first, _end(first, _number(value, 1 << 32))


def _ipv6(start: bytes, value: bytes) -> tuple[int, int]:
    length = _number(value, 64)
    address = int(ipaddress.IPv6Address(start.decode("ascii")))
    host = (1 << (128 - length)) - 1
    if length < 3 or address & host:
        raise ValueError("not an IPv6 network")
    return address >> 64, (address | host) >> 64


def _asn(start: bytes, value: bytes) -> tuple[int, int]:
    upper, dot, lower = start.rpartition(b".")
    first = (_number(upper, 0xFFFF) << 16) + _number(lower, 0xFFFF) if dot else _number(start, (1 << 32) - 1)
    return first, _end(first, _number(value, 1 << 32))


def _end(first: int, count: int) -> int:
    if count < 1 or first + count > 1 << 32:
        raise ValueError("range leaves the space")
    return first + count - 1


_SPANS = {"asn": _asn, "ipv4": _ipv4, "ipv6": _ipv6}


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of at most MAX_LINE_BYTES; a longer one comes as its head, its rest is passed over."""
    inside, taken = False, 0
    while piece := stream.readline(MAX_LINE_BYTES):
        taken += len(piece)
        if taken > MAX_BYTES:
            raise DelegationError(f"more than {MAX_BYTES >> 20} MiB of text")
        if not inside:
            yield piece
        inside = not piece.endswith(b"\n")


def _take(reader: _Reader, stream: BinaryIO) -> str | None:
    """Feed every line. Returns why reading stopped early, or None."""
    try:
        for number, line in enumerate(_lines(stream), 1):
            reader.line(number, line)
            if reader.bad >= PROBE_ROWS and not reader.sound:
                return "holds no delegation rows"
            if reader.bad > MAX_BAD_ROWS or reader.sound > MAX_ROWS:
                return f"stopped at line {number:,}: too many rows"
    except (EOFError, OSError, zlib.error, lzma.LZMAError, DelegationError) as error:
        return f"cut off: {error}"
    return None


def read_delegation(path: Path) -> Delegations:
    """Read one file, compressed (gz, bz2, xz) or plain, by content.

    Raises DelegationError where it cannot be opened or holds no sound row.
    """
    reader = _Reader()
    try:
        with open_named(path) as raw:
            head = raw.read(6)
            raw.seek(0)
            opener = next((opener for magic, opener in _MAGIC if head.startswith(magic)), None)
            if opener is None:
                cut = _take(reader, raw)
            else:
                with opener(raw, "rb") as stream:
                    cut = _take(reader, cast(BinaryIO, stream))
    except OSError as error:
        raise DelegationError(f"cannot read {path}: {error.strerror or error}") from None
    if not reader.sound:
        form = "registry|cc|type|start|value|date|status"
        raise DelegationError(
            f"{path} is not a delegation file: no line of the form {form} in it ({cut or 'read whole'})"
        )
    return Delegations(
        name=path.name,
        registry=reader.registry,
        date=reader.date or _date_of(path.name, reader),
        claims={kind: column.claims() for kind, column in reader.columns.items()},
        rows=reader.rows,
        promised=reader.promised,
        bad_rows=reader.bad,
        first_bad_line=reader.first_bad,
        cut=cut,
    )


def _date_of(name: str, reader: _Reader) -> int:
    """Without a version line: the date in the file's name, else that of the latest row."""
    found = _DATE_IN_NAME.search(name)
    if found:
        return int(found.group(1))
    return max((max(column.date, default=0) for column in reader.columns.values()), default=0)

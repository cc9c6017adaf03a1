"""Tables of prefixes and their origins, without paths: CAIDA's pfx2as, and the two-column form.

Begin with :func:`read_origins`. Lines are ``prefix<TAB>length<TAB>origin`` or ``prefix/length<TAB>origin``; several
origins are joined by ``_``, members of an AS_SET by ``,`` with or without braces; ``#`` and ``;`` begin comments.
Plain or gz. Not for MRT.
"""

import gzip
import hashlib
import ipaddress
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gonedark.feeds.files import FeedError
from gonedark.model.prefix import Family, Prefix
from gonedark.named_file import open_named

LINES_MAX = 1 << 24
_LINE_BYTES_MAX = 4096
_SEPARATORS = re.compile(r"[_,\s]+")
_GZIP = b"\x1f\x8b"
_BAD_SHARE = 0.01

Origins = tuple[Prefix, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class OriginTable:
    """Prefixes with their origins (each prefix once), the file they are from, and what was wrong with it.

    ``is_complete`` False: the file breaks off.
    """

    name: str
    sha256: str
    bytes: int
    rows: tuple[Origins, ...]
    warnings: tuple[str, ...]
    is_complete: bool


def read_origins(path: Path) -> OriginTable:
    """Read a whole table. Raises FeedError where it cannot be read or is none."""
    found: dict[Prefix, set[int]] = {}
    lines = bad = 0
    torn: list[str] = []
    try:
        with open_named(path) as raw:
            digest = hashlib.file_digest(raw, "sha256").hexdigest()
            raw.seek(0)
            for line in _lines(raw, torn):
                text = line.strip()
                if not text or text[0] in "#;":
                    continue
                lines += 1
                parsed = _row(text)
                if parsed is None:
                    bad += 1
                else:
                    found.setdefault(parsed[0], set()).update(parsed[1])
                if lines > LINES_MAX:
                    raise FeedError(f"{path} has more than {LINES_MAX:,} lines; is it a table of prefixes?")
        size = path.stat().st_size
    except OSError as error:
        raise FeedError(f"cannot read {path}: {error.strerror or error}") from None
    if not found or bad > _BAD_SHARE * lines + 1:
        raise FeedError(f"{path} is no table of prefixes and origins; expected lines such as 192.0.2.0/24<TAB>64496")
    warnings = [*torn, *([f"{path.name}: {bad:,} unusable lines left out"] if bad else [])]
    rows = tuple((prefix, tuple(sorted(origins))) for prefix, origins in found.items())
    return OriginTable(path.name, digest, size, rows, tuple(warnings), not torn)


def _lines(raw: BinaryIO, torn: list[str]) -> Iterator[str]:
    """Lines as text; a damaged gz gives what was whole."""
    packed = raw.read(2) == _GZIP
    raw.seek(0)
    stream: BinaryIO = gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[assignment]
    while True:
        try:
            line = stream.readline(_LINE_BYTES_MAX)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            torn.append("the table breaks off: only what it holds was counted")
            return
        if not line:
            return
        yield line.decode("utf-8", "replace")


def _row(text: str) -> Origins | None:
    """One line, or None where it makes no sense."""
    fields = text.split()
    try:
        if "/" in fields[0]:
            head, bits, rest = *fields[0].split("/", 1), fields[1:]
        else:
            head, bits, rest = fields[0], fields[1], fields[2:]
        address = ipaddress.ip_address(head)
        length = int(bits)
        origins = tuple(int(part) for part in _SEPARATORS.split(" ".join(rest).translate(_BRACES)) if part)
    except (ValueError, IndexError):
        return None
    width = address.max_prefixlen
    if not origins or not 0 <= length <= width or max(origins) > 4294967295 or min(origins) < 0:
        return None
    family: Family = "ipv4" if address.version == 4 else "ipv6"
    return Prefix(family, int(address) >> (width - length) << (width - length), length), origins


_BRACES = str.maketrans("{}()", "    ")

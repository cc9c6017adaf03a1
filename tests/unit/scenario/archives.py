"""What tests of scenarios share: a small scenario as text, and bgpdump's reading of an archive."""

import gzip
import shutil
import subprocess
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

SMALL = """
title = "A short outage"
kind = "reconstruction"
country = "KP"
summary = "Four networks are gone for half an hour."

[window]
from = 2014-12-22T00:00:00Z
until = 2014-12-22T06:00:00Z
invented = "a test"

[background]
prefixes_v4 = 200
prefixes_v6 = 40
invented = "a test"

[[transit]]
asn = 4837
via = [1239, 3356]
invented = "a test"

[[network]]
asn = 131279
providers = [4837]
prefixes = ["175.45.176.0/24", "175.45.177.0/24", "175.45.178.0/24", "175.45.179.0/24"]
invented = "a test"

[[event]]
kind = "withdraw"
at = 2014-12-22T02:00:00Z
networks = [131279]
stuck = [8607]
invented = "a test"

[[event]]
kind = "announce"
at = 2014-12-22T02:30:00Z
networks = [131279]
late = [4608]
late_minutes = 20
invented = "a test"
"""


class Line(NamedTuple):
    """One line of ``bgpdump -m``."""

    collector: str
    kind: str
    time: float
    asn: int
    address: str
    prefix: str
    path: str

    @property
    def session(self) -> tuple[str, str]:
        return self.collector, self.address


def dumped(files: Iterable[tuple[str, bytes]], *, tables: bool) -> list[Line]:
    """The tables or the updates of an archive, as bgpdump reads them, in order of time. It may not complain."""
    program = shutil.which("bgpdump")
    if program is None:
        pytest.fail("bgpdump is not installed; on Debian: apt-get install bgpdump")
    chosen = sorted((name, data) for name, data in files if ("/rib." in name or "/bview." in name) == tables)
    lines = []
    with TemporaryDirectory() as folder:
        path = Path(folder, "joined.mrt")
        for collector, group in groupby(chosen, key=lambda file: file[0].split("/")[0]):
            path.write_bytes(b"".join(gzip.decompress(data) for _, data in group))
            result = subprocess.run([program, "-m", str(path)], capture_output=True, text=True, check=True)
            assert "[error]" not in result.stderr
            assert "[warn]" not in result.stderr
            lines += [_line(collector, text) for text in result.stdout.splitlines()]
    return sorted(lines, key=lambda line: line.time)


def _line(collector: str, text: str) -> Line:
    fields = text.split("|")
    is_state = fields[2] == "STATE"
    path = fields[6] if len(fields) > 6 and not is_state else ""
    return Line(collector, fields[2], float(fields[1]), int(fields[4]), fields[3], "" if is_state else fields[5], path)

"""What bgpdump makes of a file: Debian's program where it is installed, and the text that was kept of it elsewhere."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gonedark.mrt.lines import LineWriter
from gonedark.mrt.reader import MrtReader
from gonedark.mrt.summary import Summary
from shared_data import ROOT, shared

ABSENT = "the shared data folder"


def mrt_files(folder: str = "") -> list[str]:
    """Names of the shared MRT files below a folder of ``mrt/``; one that does not exist where there are none at all."""
    found = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "mrt" / folder).rglob("*") if path.is_file())
    return found or [ABSENT]


def bgpdump_lines(path: Path) -> list[str]:
    """Lines of ``bgpdump -m``; skips where it is not installed, and fails instead in CI, which must have it."""
    if shutil.which("bgpdump") is None:
        reason = "needs bgpdump (Debian: apt-get install bgpdump)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(["bgpdump", "-q", "-m", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, f"bgpdump failed on {path.name}"
    return done.stdout.decode("latin-1").splitlines()


def kept_lines(name: str) -> list[str] | None:
    """The text that others kept of a file, if there is any."""
    path = ROOT / "expected" / f"{Path(name).name}.bgp.gz"
    return gzip.decompress(path.read_bytes()).decode("latin-1").splitlines() if path.exists() else None


def own_lines(name: str) -> tuple[list[str], Summary]:
    """Our lines of a shared file, and what else is known of it."""
    reader, writer = MrtReader(shared(name), everything=True, attributes=True), LineWriter()
    lines = [line for batch in reader for line in writer.lines(batch)]
    return lines, reader.summary


def as_bgpdump_prints_type_5(line: str) -> str:
    """Two of bgpdump's slips in the format of 1999, imitated.

    It leaves out the separator between MED and communities. And it formats peer and prefix of a withdrawal in one
    printf through the same static buffer of inet_ntoa, so that the peer's address stands for both.
    """
    fields = line.split("|")
    if fields[0] != "BGP":
        return line
    if fields[2] == "A":
        fields[10:12] = [fields[10] + fields[11]]
    elif fields[2] == "W":
        fields[5] = f"{fields[3]}/{fields[5].partition('/')[2]}"
    return "|".join(fields)

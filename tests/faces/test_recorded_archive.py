"""A real table through a local archive: planned, fetched, decoded and reported as from the project's own server."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from archive_server import ArchiveServer
from shared_data import shared

FOLDER = "route-views.jinx/bgpdata/2014.05"
FILES = {
    f"{FOLDER}/RIBS/rib.20140530.2200.bz2": "mrt/rib/route-views.jinx.rib.20140530.2200.bz2",
    f"{FOLDER}/UPDATES/updates.20140530.2345.bz2": "mrt/updates/route-views.jinx.updates.20140530.2345.bz2",
}


def reported(cache: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    window = ("--from", "2014-05-30T22:00Z", "--until", "2014-05-30T22:01Z")
    source = ("--collector", "route-views.jinx", "--cache", str(cache), *more)
    arguments = [sys.executable, "-m", "gonedark", "report", "KP", *window, *source, "--format", "json", "--quiet"]
    environment = {**os.environ, "no_proxy": "*", "NO_PROXY": "*"}
    return subprocess.run(arguments, capture_output=True, env=environment, timeout=600, check=False)


def test_north_korea_in_the_table_of_johannesburg(tmp_path: Path) -> None:
    """Four networks are there when the table is taken; of what follows no updates are at hand, and that is said."""
    files = {name: shared(source).read_bytes() for name, source in FILES.items()}
    with ArchiveServer(files) as server:
        base = ("--base-url", f"routeviews={server.url}")
        done = reported(tmp_path, *base)
    assert done.returncode == 3, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout)
    baseline, coverage = told["baseline"], told["coverage"]
    assert (baseline["prefixes_v4"], baseline["addresses_v4"], baseline["origins"]) == (4, 1024, [131279])
    assert (baseline["prefixes_v6"], coverage["voters"]) == (None, 1)
    assert [(gap["from"], gap["reason"]) for gap in coverage["gaps"]] == [
        ("2014-05-30T22:00:00Z", "update files missing in the archive")
    ]
    assert [(phase["phase"], phase["until"]) for phase in told["phases"]] == [
        ("normal", "2014-05-30T22:00:01Z"),
        ("blind", "2014-05-30T22:01:00Z"),
    ]
    assert told["outages"] == []
    (table,) = told["inputs"]
    assert table["sha256"] == hashlib.sha256(files[f"{FOLDER}/RIBS/rib.20140530.2200.bz2"]).hexdigest()
    assert reported(tmp_path, *base, "--offline").stdout == done.stdout

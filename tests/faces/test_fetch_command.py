"""``gonedark report`` and ``fetch`` through archives: end to end, resumed after kill -9, offline, planned, refused."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive_server import ArchiveServer, corrupt, dropped, layout, pack, status, too_short, truncated
from gonedark.model.time import MINUTE_US
from gonedark.scenario import build, load
from worlds import START_US, Scene

COLLECTORS = ("rrc00", "route-views.linx", "route-views.sydney")
OPTIONS = ("--from", "2014-12-22T01:00Z", "--until", "2014-12-22T03:45Z", "--format", "json", "--quiet")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    scene = Scene(hours=4, collectors=COLLECTORS)
    scene.lose(START_US + 120 * MINUTE_US, START_US + 180 * MINUTE_US)
    return layout(scene)


@pytest.fixture
def server(files: dict[str, bytes]) -> Iterator[ArchiveServer]:
    with ArchiveServer(dict(files)) as running:
        yield running


def command(server: ArchiveServer | None, cache: Path, *arguments: str) -> list[str]:
    bases = [part for base in server.bases for part in ("--base-url", base)] if server else []
    return [sys.executable, "-m", "gonedark", *arguments, "--cache", str(cache), *bases]


def collectors(*names: str) -> list[str]:
    return [part for name in names for part in ("--collector", name)]


def run(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "no_proxy": "*", "NO_PROXY": "*"}
    return subprocess.run(arguments, capture_output=True, env=environment, timeout=600, check=False)


def reported(server: ArchiveServer, cache: Path) -> bytes:
    done = run(command(server, cache, "report", "KP", *OPTIONS, *collectors(*COLLECTORS)))
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_a_report_through_archives_is_that_of_the_files(server: ArchiveServer, tmp_path: Path) -> None:
    found = json.loads(reported(server, tmp_path / "cache"))
    (outage,) = found["outages"]
    assert outage["start"].startswith("2014-12-22T02:00")
    assert outage["end"].startswith("2014-12-22T03:00")
    assert all(item["url"].startswith(server.url) for item in found["inputs"])
    assert found["coverage"]["gaps"] == []
    at_hand = [part for path in (tmp_path / "cache").rglob("*.gz") for part in ("--mrt", f"rrc00={path}")]
    for name in COLLECTORS[1:]:
        folder = next((tmp_path / "cache").rglob(name))
        at_hand += ["--mrt", f"{name}={folder}"]
    again = run([sys.executable, "-m", "gonedark", "report", "KP", *OPTIONS, *at_hand])
    assert again.returncode == 0, again.stderr.decode()
    assert json.loads(again.stdout) == found


def test_troubles_on_the_way_leave_the_report_as_it_is(server: ArchiveServer, tmp_path: Path) -> None:
    sound = reported(server, tmp_path / "sound")
    troubles = [dropped(), status(429), status(500), truncated(), corrupt, too_short]
    for number, path in enumerate(sorted(server.files)):
        if number % 5 == 0:
            server.faults[path] = [troubles[number // 5 % len(troubles)]]
    assert reported(server, tmp_path / "troubled") == sound


def test_killed_in_the_middle_it_goes_on_and_says_the_same(server: ArchiveServer, tmp_path: Path) -> None:
    sound = reported(server, tmp_path / "sound")
    cache = tmp_path / "cache"
    arguments = command(server, cache, "report", "KP", *OPTIONS, *collectors(*COLLECTORS))
    for goal in (10, 30, 50):
        server.whole = goal - len(kept(cache))
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "no_proxy": "*"}
        )
        while len(kept(cache)) < goal or not list(cache.rglob("*.part")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = kept(cache)
    assert 50 <= len(before) < len(server.files)
    server.whole = None
    server.asked.clear()
    assert reported(server, cache) == sound
    asked = {path for path in server.asked if not path.endswith("/")}
    assert not asked & {path.split("/", 1)[1] for path in before}


def kept(cache: Path) -> list[str]:
    """Whole files in the cache."""
    return [
        str(path.relative_to(cache))
        for path in cache.rglob("*.*z*")
        if path.is_file() and not path.name.startswith(".")
    ]


def test_a_gap_in_the_archive_is_said(server: ArchiveServer, tmp_path: Path) -> None:
    for path in server.matching("route-views.linx/bgpdata/2014.12/UPDATES/updates.20141222.0330"):
        del server.files[path]
    found: dict[str, Any] = json.loads(reported(server, tmp_path))
    gaps = found["coverage"]["gaps"]
    assert [(gap["collector"], gap["from"], gap["until"]) for gap in gaps][:1] == [
        ("route-views.linx", "2014-12-22T03:30:00Z", "2014-12-22T03:45:00Z")
    ]


def test_a_dry_run_prints_the_plan_and_fetches_nothing(server: ArchiveServer, tmp_path: Path) -> None:
    arguments = ["--from", "2014-12-22T01:00Z", "--until", "2014-12-22T03:00Z", "--dry-run"]
    for first in (["fetch"], ["report", "KP"]):
        done = run(command(server, tmp_path, *first, *arguments))
        assert done.returncode == 0, done.stderr.decode()
        text = done.stdout.decode()
        assert "rrc00: peers on every continent" in text
        assert "table of 2014-12-22T00:00:00Z" in text
        assert f"{server.url}/rrc00/2014.12/bview.20141222.0000.gz" in text
        assert "36 update files to 2014-12-22T03:00:00Z" in text
        assert "Left out: route-views2 has no table" in text
        assert text.splitlines()[-1].startswith("37 files, about ")
    assert all(path.endswith("/") for path in server.asked)


def test_fetch_then_report_offline(server: ArchiveServer, tmp_path: Path) -> None:
    done = run(command(server, tmp_path, "fetch", *OPTIONS[:4], *collectors(*COLLECTORS)))
    assert done.returncode == 0, done.stderr.decode()
    assert "are at hand in" in done.stdout.decode()
    server.asked.clear()
    offline = run(command(server, tmp_path, "report", "KP", *OPTIONS, *collectors(*COLLECTORS), "--offline"))
    assert offline.returncode == 0, offline.stderr.decode()
    assert not server.asked
    assert offline.stdout == reported(server, tmp_path)


def test_no_network_is_one_line(tmp_path: Path) -> None:
    dead = ["--base-url", "ris=http://127.0.0.1:9", "--base-url", "routeviews=http://127.0.0.1:9"]
    done = run([*command(None, tmp_path, "report", "KP", *OPTIONS), *dead])
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert "cannot reach 127.0.0.1:9" in line
    assert "offline" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--collector", "../x"], "not the name of a collector"),
        (["--base-url", "ris"], "cannot use the base"),
        (["--cache-limit", "many"], "not a size"),
        (["--mrt", ".", "--collector", "rrc00"], "nothing is fetched"),
    ],
)
def test_wrong_usage_is_said_before_any_work(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run([*command(None, tmp_path, "report", "KP", *OPTIONS), *arguments])
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_archives_come_from_the_configuration_too(server: ArchiveServer, tmp_path: Path) -> None:
    for path in server.matching("rrc00/"):
        server.files[path.replace("rrc00/", "lab/ris7/")] = server.files.pop(path)
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'[archives.routeviews]\nbase = "{server.url}"\n'
        f'[archives.lab]\nlayout = "ris"\nbase = "{server.url}/lab"\ncollectors = ["ris7"]\n'
    )
    chosen = [*collectors("route-views.linx", "ris7", "route-views.sydney"), "--config", str(settings)]
    done = run(command(None, tmp_path / "cache", "report", "KP", *OPTIONS, *chosen))
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["coverage"]["collectors"] == ["ris7", "route-views.linx", "route-views.sydney"]


def test_a_broker_comes_from_the_configuration(server: ArchiveServer, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[broker]\nurl = "{server.url}/broker"\n')
    chosen = [*collectors("rrc00", "route-views.linx", "route-views.sydney"), "--config", str(settings)]
    done = run(command(server, tmp_path / "cache", "report", "KP", *OPTIONS, *chosen))
    assert done.returncode == 0, done.stderr.decode()
    assert any(path.startswith("broker/search?") for path in server.asked)

    settings.write_text('[broker]\nadress = "https://broker.example"\nurl = "https://broker.example"\n')
    done = run(command(server, tmp_path / "cache", "report", "KP", *OPTIONS, *chosen))
    assert done.returncode == 1
    assert "unknown setting of broker" in done.stderr.decode()


def test_the_documented_outage_through_archives(tmp_path: Path) -> None:
    """North Korea 2014, rebuilt from its facts and served as the archives would."""
    told = load("north-korea-2014")
    packed = dict(pack(name.rpartition(".")[0], plain(data)) for name, data in build(told))
    names = sorted({name.split("/")[0] for name in packed})
    window = ["--from", "2014-12-20", "--until", "2014-12-24", "--format", "json", "--quiet"]
    with ArchiveServer(packed) as server:
        done = run(command(server, tmp_path, "report", "KP", *window, *collectors(*names)))
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["kind"] == "reconstruction"
    assert found["coverage"]["gaps"] == []
    assert max(outage["duration_seconds"] for outage in found["outages"]) == 34_260


def plain(data: bytes) -> bytes:
    """Without the scenario's own compression."""
    return gzip.decompress(data)


def test_sizes_that_no_index_tells_are_unknown_not_nothing(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in files.items():
        path = tmp_path / "archive" / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "archive"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as plain:
        threading.Thread(target=plain.serve_forever, daemon=True).start()
        bases = ("--base-url", f"ris=http://127.0.0.1:{plain.server_port}")
        window = ("--from", "2014-12-22T01:00Z", "--until", "2014-12-22T03:45Z", "--cache", str(tmp_path / "cache"))
        asked = [sys.executable, "-m", "gonedark", "fetch", *window, *bases, *collectors("rrc00")]
        planned, fetched = run([*asked, "--dry-run"]), run(asked)
        plain.shutdown()
    assert b"files, of unknown size (the archive lists none).\n" in planned.stdout
    assert b"of unknown size" in fetched.stderr
    assert b"about 0" not in planned.stdout + fetched.stderr


def test_files_of_a_mirror_are_said_to_be_where_they_are(files: dict[str, bytes], tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    for name, data in files.items():
        path = mirror / name.removeprefix("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    chosen = ["--base-url", f"ris={mirror}", "--collector", "rrc00"]
    done = run(command(None, tmp_path / "cache", "fetch", *OPTIONS[:4], *chosen))
    assert done.returncode == 0, done.stderr.decode()
    assert f"are at hand in {mirror}\n" in done.stdout.decode()
    planned = run(command(None, tmp_path / "cache", "fetch", *OPTIONS[:4], *chosen, "--dry-run")).stdout.decode()
    assert "under a minute at 10 MB/s." in planned


def test_a_mirror_that_does_not_exist_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "no-mirror"
    done = run(command(None, tmp_path / "cache", "fetch", *OPTIONS[:4], "--base-url", f"ris={missing}"))
    assert done.returncode == 2
    assert f"there is no folder {missing}" in done.stderr.decode()

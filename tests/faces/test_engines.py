"""``report --all`` on every engine, and with a worker killed in the middle: the same files, byte for byte."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client

from archive_server import layout
from dask_cluster import cluster
from gonedark.model.time import HOUR_US, MINUTE_US
from worlds import START_US, Scene


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty hours of three collectors with a table every twelve: ten shards or so."""
    folder = tmp_path_factory.mktemp("archive")
    scene = Scene(hours=40, every_us=5 * MINUTE_US)
    scene.lose(START_US + 20 * HOUR_US, START_US + 26 * HOUR_US)
    for hour in (12, 24, 36):
        for name in scene.collectors:
            scene.world.dump(START_US + hour * HOUR_US, name)
    for name, data in layout(scene, ris_minutes=30, routeviews_minutes=60).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def expected(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("local") / "out"
    finish(start(archive, out, "local"))
    return contents(out)


def start(archive: Path, out: Path, engine: str) -> subprocess.Popen[bytes]:
    window = ["--from", "2014-12-22T01:00Z", "--until", "2014-12-23T16:00Z"]
    arguments = ["report", "--all", "--mrt", str(archive), *window, "--format", "json", "--out", str(out)]
    return subprocess.Popen(
        [sys.executable, "-m", "gonedark", *arguments, "--engine", engine, "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, told = process.communicate(timeout=600)
    assert process.returncode == 0, told.decode()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_processes_write_what_one_writes(archive: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    finish(start(archive, tmp_path / "out", "processes:2"))
    assert contents(tmp_path / "out") == expected
    assert len([name for name in expected if "/" not in name]) > 200


def test_a_worker_killed_in_the_middle_changes_nothing(
    archive: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    with cluster(tmp_path, nannies=False) as running:
        with Client(f"tcp://{running.address}", set_as_default=False) as client:
            client.wait_for_workers(2, timeout=300)
            # What is given to a worker that stands still cannot be done before it is killed.
            running.workers["one"].send_signal(signal.SIGSTOP)
            process = start(archive, tmp_path / "out", f"dask://{running.address}")
            while not has_work(client, "one"):
                assert process.poll() is None
                time.sleep(0.02)
            running.workers["one"].kill()
        finish(process)
    assert contents(tmp_path / "out") == expected


def has_work(client: Client, worker: str) -> bool:
    names = {address: told["name"] for address, told in client.scheduler_info(n_workers=-1)["workers"].items()}
    return any(tasks and names.get(address) == worker for address, tasks in client.processing().items())


def test_a_scheduler_that_is_not_there_is_one_line(archive: Path, tmp_path: Path) -> None:
    process = start(archive, tmp_path / "out", "dask://127.0.0.1:9")
    _, told = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "no Dask scheduler answers at 127.0.0.1:9" in told.decode()

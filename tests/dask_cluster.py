"""A Dask cluster on loopback for tests: a scheduler and workers, each a process that can be killed."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cluster:
    """The scheduler's ``HOST:PORT``, and the worker processes by name."""

    address: str
    workers: dict[str, subprocess.Popen[bytes]]


@contextmanager
def cluster(folder: Path, *paths: Path, nannies: bool = True) -> Iterator[Cluster]:
    """Two workers of one thread. ``paths`` are importable for workers; with nannies, dead ones are replaced."""
    address = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, paths), *sys.path])}
    here = ["--scheduler-file", str(address), "--host", "127.0.0.1", "--no-dashboard"]

    def start(name: str, *options: str) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-m", f"distributed.cli.{name}", *here, *options]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(arguments, stdout=quiet, stderr=quiet, env=environment, cwd=folder)

    running = [start("dask_scheduler", "--port", "0")]
    nanny = "--nanny" if nannies else "--no-nanny"
    workers = {name: start("dask_worker", "--nthreads", "1", "--name", name, nanny) for name in ("one", "two")}
    try:
        yield Cluster(_wait_for(address), workers)
    finally:
        for process in [*workers.values(), *running]:
            process.kill()
            process.wait()


def _wait_for(address: Path) -> str:
    for _ in range(1200):
        with contextlib.suppress(OSError, ValueError):  # not there yet, or half written
            return str(json.loads(address.read_text())["address"]).removeprefix("tcp://")
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")

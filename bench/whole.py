"""Measure what happens after decoding: the table's state, whole reports, all countries, and two workers against one.

    python bench/whole.py table RIB UPDATES          elements a second that one tracker applies, the table loaded
    python bench/whole.py report RIB UPDATES         ``gonedark report KP`` against decompressing the same files
    python bench/whole.py all RIB UPDATES            ``gonedark report --all`` against the same
    python bench/whole.py dask RIB UPDATES           two Dask workers against one on two collectors, and their cost

The files are a table and a day of updates that bench/generate.py made of one world. Prints JSON; wall seconds and
processor seconds of each, the processes' start included. Begin with :data:`PARTS`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from window import day_of, load

from gonedark.delegation.registry import load_registry
from gonedark.model.attribution import Attribution
from gonedark.model.thresholds import Thresholds
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.table.national import national_test, wanted_ranges, world
from gonedark.table.tracker import Tracker

HERE = Path(__file__).parent
WINDOW = ["--from", "2014-12-22T00:00:00Z", "--until", "2014-12-23T00:00:00Z"]
SCHEDULER = "distributed.cli.dask_scheduler"
WORKER = "distributed.cli.dask_worker"


def timed(command: list[str]) -> dict[str, float]:
    """Wall and processor seconds of a process and its children, and its peak memory."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, said = process.communicate()
    # A report that is blind for a part of the window ends with 3, and is a report.
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)} failed: {said.decode()}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    wall = time.perf_counter() - began
    return {"wall": round(wall, 2), "cpu": round(cpu, 2), "peak_mib": round(used.ru_maxrss / 1024)}


def decompressed(paths: list[str]) -> dict[str, float]:
    """python-isal's threaded reader on each file, read and thrown away."""
    found = [timed([sys.executable, str(HERE / "work.py"), "isal_alone", path]) for path in paths]
    return {what: round(sum(one[what] for one in found), 2) for what in ("wall", "cpu")}


def against(report: list[str], rib: str, updates: str) -> dict[str, object]:
    """A command of gonedark on both files, against decompressing them, one after the other."""
    base = decompressed([rib, updates])
    found = timed(
        [sys.executable, "-m", "gonedark", "report", *report, *WINDOW, "--mrt", rib, "--mrt", updates, "--quiet"]
    )
    ratios = {f"{what}_ratio": round(found[what] / base[what], 2) for what in ("wall", "cpu")}
    return {"decompression": base, "gonedark": found, **ratios}


def table(rib: str, updates: str) -> dict[str, object]:
    """The day's elements, decoded beforehand, applied to the state with the whole table in it; for one country and with
    every country's routes kept."""
    registry = load_registry()
    return {
        "one country": applied(registry.attribution("KP"), rib, updates),
        "all": applied(world(registry), rib, updates),
    }


def applied(attribution: Attribution, rib: str, updates: str) -> dict[str, float]:
    """The rate for these routes."""
    rules, dictionaries = Thresholds(), Dictionaries()
    ranges = wanted_ranges(attribution)
    tracker = Tracker("bench", dictionaries, national_test(attribution), rules)
    load(tracker, rib, dictionaries, ranges)
    batches = day_of(updates, dictionaries, ranges)
    began = time.process_time()
    for batch in batches:
        tracker.feed(batch)
    cpu, elements = time.process_time() - began, sum(map(len, batches))
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {
        "elements": elements,
        "cpu": round(cpu, 2),
        "elements_per_second": round(elements / cpu),
        "peak_mib_with_the_day_held": peak,
    }


def report(rib: str, updates: str) -> dict[str, object]:
    """One small country."""
    with tempfile.TemporaryDirectory() as folder:
        return against(["KP", "--format", "json", "--out", f"{folder}/KP.json"], rib, updates)


def everyone(rib: str, updates: str) -> dict[str, object]:
    """All countries."""
    with tempfile.TemporaryDirectory() as folder:
        return against(["--all", "--format", "json", "--out", folder], rib, updates)


@contextmanager
def cluster(workers: int, folder: str) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers of one thread each on loopback."""
    told = Path(folder, "scheduler.json")
    common = ["--scheduler-file", str(told), "--host", "127.0.0.1", "--no-dashboard"]
    commands = [[SCHEDULER, "--port", "0", *common]]
    commands += [[WORKER, "--nthreads", "1", "--no-nanny", "--name", str(number), *common] for number in range(workers)]
    quiet = subprocess.DEVNULL
    running = [
        subprocess.Popen([sys.executable, "-m", *command], cwd=folder, stdout=quiet, stderr=quiet)
        for command in commands
    ]
    try:
        while not told.exists() or not told.read_text():
            time.sleep(0.1)
        yield json.loads(told.read_text())["address"].removeprefix("tcp://"), running
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()


def cpu_of(process: int) -> float:
    """Processor seconds of a running process."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def workers(rib: str, updates: str) -> dict[str, object]:
    """The same two collectors' files by the local engine, by one worker and by two."""
    files = [f"{name}={path}" for name in ("one", "two") for path in (rib, updates)]
    asked = [sys.executable, "-m", "gonedark", "report", "KP", *WINDOW, "--quiet", "--format", "json"]
    asked += [part for file in files for part in ("--mrt", file)]
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        found["local"] = timed([*asked, "--out", f"{folder}/local.json"])
        for count in (1, 2):
            inside = Path(folder, str(count))
            inside.mkdir()
            with cluster(count, str(inside)) as (address, running):
                time.sleep(5)
                before = sum(cpu_of(process.pid) for process in running)
                one = timed([*asked, "--engine", f"dask://{address}", "--out", f"{folder}/{count}.json"])
                one["cluster_cpu"] = round(sum(cpu_of(process.pid) for process in running) - before, 2)
                found[str(count)] = one
        same = {Path(folder, f"{name}.json").read_bytes() for name in ("local", "1", "2")}
    if len(same) > 1:
        sys.exit("the engines do not give the same report")
    overhead = (found["1"]["cpu"] + found["1"]["cluster_cpu"] - found["local"]["cpu"]) / 2
    speed_up = round(found["1"]["wall"] / found["2"]["wall"], 2)
    return {**found, "two_against_one": speed_up, "overhead_cpu_seconds_a_shard": round(overhead, 2)}


PARTS: dict[str, Callable[[str, str], dict[str, object]]] = {
    "table": table,
    "report": report,
    "all": everyone,
    "dask": workers,
}


def main() -> None:
    """One part; prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("rib")
    parser.add_argument("updates")
    given = parser.parse_args()
    print(json.dumps({given.part: PARTS[given.part](given.rib, given.updates)}, indent=1))


if __name__ == "__main__":
    main()

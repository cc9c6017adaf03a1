"""Contestants take turns: each measurement is a fresh process, each ratio compares two of the same round.

Begin with :func:`compete`. A machine that is busy with something else so disturbs both sides of a ratio alike.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contestant:
    """A command that reads a file, and the contestant whose time is its yardstick (None: it is one itself).

    ``limit`` and ``limit_mib`` are what the project asks of it; ``slow`` ones run in the first round only.
    """

    name: str
    file: str
    command: list[str]
    against: str | None = None
    limit: float | None = None
    limit_mib: int | None = None
    slow: bool = False


@dataclass
class Result:
    """What was measured of one contestant: a value a round."""

    contestant: Contestant
    wall_seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    rows: int | None = None
    answer: str | None = None


def run_once(result: Result) -> float:
    """Run a contestant in a fresh process; notes what it took and returns the wall seconds.

    Our own processes tell how long the work took after their imports; of others the whole run counts.
    """
    own = result.contestant.command[0] == sys.executable
    said_to, errors_to = (subprocess.PIPE, None) if own else (subprocess.DEVNULL, subprocess.DEVNULL)
    began = time.perf_counter()
    process = subprocess.Popen(result.contestant.command, stdin=subprocess.DEVNULL, stdout=said_to, stderr=errors_to)
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall, cpu = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{result.contestant.name} failed: {' '.join(result.contestant.command)}")
    if own:
        measured = json.loads(said)
        wall, cpu, result.rows = measured["seconds"], measured["cpu"], measured["rows"]
        result.answer = measured.get("answer")
    result.wall_seconds.append(wall)
    result.cpu_seconds.append(cpu)
    result.peak_mib.append(usage.ru_maxrss / 1024)
    return wall


def compete(runners: list[Contestant], rounds: int) -> list[Result]:
    """All rounds; each ratio is to the yardstick's time of the same round."""
    results = [Result(contestant) for contestant in runners]
    for turn in range(rounds):
        walls: dict[str, float] = {}
        for result in results:
            if result.contestant.slow and turn:
                continue
            print(f"round {turn + 1} of {rounds}: {result.contestant.name}", file=sys.stderr)
            walls[result.contestant.name] = run_once(result)
        for result in results:
            base = result.contestant.against
            if base and result.contestant.name in walls:
                result.ratios.append(walls[result.contestant.name] / walls[base])
    return results

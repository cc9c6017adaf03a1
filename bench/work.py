"""One measured piece of work in a process of its own: ``python bench/work.py NAME FILE``.

Prints one line of JSON: ``seconds`` of wall time and ``cpu`` seconds of all threads from the first byte to the last,
without the interpreter's start and imports, and ``rows`` or bytes it counted. Begin with :data:`WORK`;
:mod:`compete` starts these processes and measures their memory.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

BLOCK_BYTES = 1 << 20
KOREA = (0xAF2DB000, 0xAF2DB3FF)


def isal_alone(path: str) -> Callable[[], int]:
    """python-isal's threaded reader, nothing done with what it reads."""
    threaded: Any = importlib.import_module("isal.igzip_threaded")
    buffer = bytearray(BLOCK_BYTES)

    def work() -> int:
        total = 0
        with threaded.open(path, "rb") as file:
            while size := file.readinto(buffer):
                total += size
        return total

    return work


def _reading(path: str, ranges: Any) -> Callable[[], int]:
    reader: Any = importlib.import_module("gonedark.mrt.reader")

    def work() -> int:
        return sum(len(batch) for batch in reader.MrtReader(path, ranges=ranges))

    return work


def world(path: str) -> Callable[[], int]:
    """gonedark, every route of the file."""
    return _reading(path, None)


def country(path: str) -> Callable[[], int]:
    """gonedark, North Korea's routes and what the full-feed decision needs of all others."""
    numpy: Any = importlib.import_module("numpy")
    none = numpy.empty((0, 2), numpy.uint64)
    return _reading(path, {"ipv4": numpy.array([KOREA], numpy.uint64), "ipv6": none})


def bgpkit(path: str) -> Callable[[], int]:
    """pybgpkit-parser, every element as an object, its only way."""
    module: Any = importlib.import_module("pybgpkit_parser")

    def work() -> int:
        return sum(1 for _ in module.Parser(path))

    return work


def mrtparse(path: str) -> Callable[[], int]:
    """mrtparse, every record as a dictionary; counts records."""
    module: Any = importlib.import_module("mrtparse")

    def work() -> int:
        return sum(1 for _ in module.Reader(path))

    return work


WORK: dict[str, Callable[[str], Callable[[], int]]] = {
    "isal_alone": isal_alone,
    "world": world,
    "country": country,
    "bgpkit": bgpkit,
    "mrtparse": mrtparse,
}


def main() -> None:
    """Import first, then work and measure."""
    work = WORK[sys.argv[1]](sys.argv[2])
    began, began_cpu = time.perf_counter(), time.process_time()
    rows = work()
    measured = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - began_cpu, "rows": rows}
    print(json.dumps(measured))


if __name__ == "__main__":
    main()

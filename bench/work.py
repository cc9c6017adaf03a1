"""One measured piece of work in a process of its own: ``python bench/work.py NAME FILE``.

Prints one line of JSON: ``seconds`` of wall time and ``cpu`` seconds of all threads from the first byte to the last,
without the interpreter's start and imports, ``rows`` or bytes it counted, and a digest of a census as ``answer``, to be
compared with others'. Begin with :data:`WORK`; :mod:`compete` starts these processes and measures their memory.
"""

import hashlib
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

Answer = dict[str, list[int]]
BLOCK_BYTES = 1 << 20
TABLE_TIME_US = 1_419_206_400_000_000
"""When generated tables were taken."""
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


def everyone(path: str) -> Callable[[], Answer]:
    """gonedark, what ``exposure --all --format csv`` does: every country's census, frontier, cuts and hegemony."""
    use: Any = importlib.import_module("gonedark.exposure")
    forms: Any = importlib.import_module("gonedark.publish.exposure_rows")
    registries: Any = importlib.import_module("gonedark.delegation.registry")
    thresholds: Any = importlib.import_module("gonedark.model.thresholds")
    counted: Answer = {}

    def work() -> Answer:
        tables = use.read_tables([path], None, thresholds.Thresholds())
        registry = registries.load_registry(None, tables.at_us)

        def rows() -> Iterator[Any]:
            for code, found in use.all_summaries(tables, registry):
                counts = found.counts
                counted[f"{found.family} {code}"] = [counts.prefixes, counts.units, counts.origins]
                yield code, registry.names.get(code, code), found

        for _ in forms.everyone(rows(), "csv"):
            pass
        return counted

    return work


def _rival(path: str, reader: str) -> Callable[[], Answer]:
    """Another decoder, with the census written around it; whose addresses they are it learns from gonedark."""
    census: Any = importlib.import_module("census")
    numpy: Any = importlib.import_module("numpy")
    registries: Any = importlib.import_module("gonedark.delegation.registry")

    def work() -> Answer:
        registry = registries.load_registry(None, TABLE_TIME_US)
        counted: Answer = census.census(getattr(census, reader)(path), registry, numpy)
        return counted

    return work


def bgpdump_census(path: str) -> Callable[[], Answer]:
    """Debian's bgpdump, its text read by a script."""
    return _rival(path, "bgpdump_routes")


def bgpkit_census(path: str) -> Callable[[], Answer]:
    """pybgpkit-parser, its objects read by the same script."""
    return _rival(path, "bgpkit_routes")


WORK: dict[str, Callable[[str], Callable[[], int | Answer]]] = {
    "isal_alone": isal_alone,
    "world": world,
    "country": country,
    "bgpkit": bgpkit,
    "mrtparse": mrtparse,
    "everyone": everyone,
    "bgpdump_census": bgpdump_census,
    "bgpkit_census": bgpkit_census,
}


def main() -> None:
    """Import first, then work and measure."""
    work = WORK[sys.argv[1]](sys.argv[2])
    began, began_cpu = time.perf_counter(), time.process_time()
    found = work()
    measured: dict[str, Any] = {"seconds": time.perf_counter() - began}
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    measured["cpu"] = time.process_time() - began_cpu + children.ru_utime + children.ru_stime
    measured["rows"] = found if isinstance(found, int) else len(found)
    if not isinstance(found, int):
        measured["answer"] = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    print(json.dumps(measured))


if __name__ == "__main__":
    main()

"""The measurements as plain values for JSON and as lines for people, with the machine they were made on.

Begin with :func:`summary` and :func:`table`; ``python bench/summary.py bench/results/full.json`` prints a kept result.
"""

import datetime
import importlib.metadata
import json
import os
import platform
import statistics
import sys
from pathlib import Path
from typing import Any

from compete import Result

PACKAGES = ("gonedark", "numpy", "isal", "indexed_bzip2", "Cython", "mrtparse", "pybgpkit-parser")


def entries_of(results: list[Result]) -> dict[str, int]:
    """Rows of each file as gonedark's full decoding counted them."""
    full = [result for result in results if result.contestant.name.startswith(("gonedark, world", "gonedark, updates"))]
    return {result.contestant.file: result.rows or 0 for result in full}


def cpu_model() -> str:
    """The processor's name as the kernel gives it."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def versions() -> dict[str, str]:
    """Versions of what competed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def summary(results: list[Result], size: str) -> dict[str, Any]:
    """Everything as plain values for JSON."""
    entries = entries_of(results)
    best = {result.contestant.name: min(result.wall_seconds) for result in results}
    rows = []
    for result in results:
        contestant, base = result.contestant, result.contestant.against
        wall, count = statistics.median(result.wall_seconds), entries.get(contestant.file)
        rows.append(
            {
                "name": contestant.name,
                "file": Path(contestant.file).name,
                "wall_seconds": round(wall, 3),
                "best_seconds": round(best[contestant.name], 3),
                "cpu_seconds": round(statistics.median(result.cpu_seconds), 3),
                "peak_mib": round(max(result.peak_mib), 1),
                "ns_per_entry": round(wall * 1e9 / count, 1) if count else None,
                "against": base,
                "ratio": round(statistics.median(result.ratios), 3) if result.ratios else None,
                "ratio_of_best": round(best[contestant.name] / best[base], 3) if base else None,
                "ratios": [round(ratio, 3) for ratio in result.ratios],
                "limit": contestant.limit,
                "limit_mib": contestant.limit_mib,
                "rounds": len(result.wall_seconds),
            }
        )
    sizes = {Path(path).name: {"bytes": Path(path).stat().st_size, "entries": count} for path, count in entries.items()}
    return {
        "size": size,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "system": platform.platform()},
        "load_average": round(os.getloadavg()[1], 2),
        "versions": versions(),
        "files": sizes,
        "results": rows,
    }


def table(report: dict[str, Any]) -> str:
    """The results as lines for people; a limit that does not hold is marked. They are about the full size."""
    lines = [f"{'':28}{'seconds':>9}{'cpu':>8}{'ns/entry':>10}{'MiB':>7}{'ratio':>7}{'best':>7}  against"]
    for row in report["results"]:
        numbers = "".join(
            f"{'-' if value is None else format(value, form):>{width}}"
            for value, form, width in (
                (row["wall_seconds"], ".2f", 9),
                (row["cpu_seconds"], ".2f", 8),
                (row["ns_per_entry"], ".0f", 10),
                (row["peak_mib"], ".0f", 7),
                (row["ratio"], ".2f", 7),
                (row["ratio_of_best"], ".2f", 7),
            )
        )
        asked = limits(row) if report["size"] == "full" else ""
        lines.append(f"{row['name']:28}{numbers}  {row['against'] or ''}{asked}")
    return "\n".join(lines)


def limits(row: dict[str, Any]) -> str:
    """What is asked of a contestant, and whether it does not hold."""
    asked = [f"{row['limit']} times"] if row["limit"] else []
    asked += [f"{row['limit_mib']} MiB"] if row["limit_mib"] else []
    slow = row["limit"] is not None and row["ratio"] > row["limit"]
    large = row["limit_mib"] is not None and row["peak_mib"] > row["limit_mib"]
    return f" (asked: {', '.join(asked)}{'; OVER' if slow or large else ''})" if asked else ""


if __name__ == "__main__":
    print(table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))

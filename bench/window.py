"""Memory over a long window: one country's report over a month of several collectors, day by day.

    python bench/window.py RIB UPDATES --country KP --days 30 --collectors 3

Every collector's table is read from RIB; the day of updates is decoded once and fed again each day with its times moved
on, so that a month needs neither a month of disk nor of decoding. From there on everything is what ``gonedark report``
does: trackers, the decision about sessions, visibility, phases. Prints one line of JSON a day (``resident_mib`` is what
the process holds then) and one for the judgement. Begin with :func:`main`.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from gonedark.delegation.registry import load_registry
from gonedark.model.prefix import FAMILIES
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import DAY_US, TimeSpan
from gonedark.mrt.batch import Batch
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.reader import MrtReader
from gonedark.outage.study import study
from gonedark.table.national import national_test, wanted_ranges
from gonedark.table.timeline import build, decide
from gonedark.table.tracker import Dump, Tracker

PAGE_BYTES = resource.getpagesize()


def resident_mib() -> float:
    """What the process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 2**20


def say(**told: object) -> None:
    """One line of JSON."""
    print(json.dumps(told), flush=True)


def load(tracker: Tracker, rib: str, dictionaries: Dictionaries, ranges: object) -> int:
    """A whole table; returns its time."""
    reader = MrtReader(rib, dictionaries=dictionaries, ranges=ranges)

    def ended() -> Dump:
        told = reader.summary
        return Dump(told.first_time_us or 0, told.last_time_us or 0, tuple(told.index_peers), not told.torn)

    tracker.feed_rib(iter(reader), ended)
    return int(reader.summary.first_time_us or 0)


def day_of(updates: str, dictionaries: Dictionaries, ranges: object) -> list[Batch]:
    """One day's batches."""
    return list(MrtReader(updates, dictionaries=dictionaries, ranges=ranges))


def moved(batches: list[Batch], days: int) -> Iterator[Batch]:
    """The same, so many days later."""
    return (replace(batch, time_us=batch.time_us + np.int64(days * DAY_US)) for batch in batches if len(batch))


def main() -> None:
    """Follow day by day, then judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rib")
    parser.add_argument("updates", help="one day of updates of the same world")
    parser.add_argument("--country", default="KP")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--collectors", type=int, default=3)
    given = parser.parse_args()
    rules, attribution = Thresholds(), load_registry().attribution(given.country)
    ranges, dictionaries = wanted_ranges(attribution), Dictionaries()
    trackers = [
        Tracker(f"c{number}", dictionaries, national_test(attribution), rules) for number in range(given.collectors)
    ]
    for tracker in trackers:
        begin_us = load(tracker, given.rib, dictionaries, ranges)
    batches = day_of(given.updates, dictionaries, ranges)
    say(tables=len(trackers), elements_a_day=sum(map(len, batches)), resident_mib=round(resident_mib(), 1))
    began = time.process_time()
    for day in range(given.days):
        for tracker in trackers:
            for batch in moved(batches, day):
                tracker.feed(batch)
        cpu = round(time.process_time() - began, 1)
        say(day=day + 1, resident_mib=round(resident_mib(), 1), cpu_seconds=cpu)
    del batches
    parts = [tracker.finish() for tracker in trackers]
    window = TimeSpan(begin_us, begin_us + given.days * DAY_US)
    began = time.process_time()
    for family in FAMILIES:
        decided = decide(parts, (), family, window.until_us, rules)
        timeline = build(parts, (), family, window.until_us, rules, decided)
        found = study(timeline, attribution, window, rules)
        say(family=family, phases=len(found.phases), routes=len(timeline.routes.time_us))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = round(time.process_time() - began, 1)
    say(judged=True, cpu_seconds=cpu, resident_mib=round(resident_mib(), 1), peak_mib=round(peak, 1))


if __name__ == "__main__":
    sys.exit(main())

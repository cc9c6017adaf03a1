"""Memory over a long window: a report over a month of several collectors, day by day.

    python bench/window.py RIB UPDATES --country KP --days 30 --collectors 3
    python bench/window.py RIB UPDATES --all --days 30 --collectors 3

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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gonedark.collect.columns import Shelf
from gonedark.collect.divided import Divider
from gonedark.collect.folder import spill_folder
from gonedark.delegation.registry import load_registry
from gonedark.model.attribution import Attribution
from gonedark.model.prefix import FAMILIES
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import DAY_US, TimeSpan
from gonedark.mrt.batch import Batch
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.reader import MrtReader
from gonedark.outage.study import study
from gonedark.table.deciding import decide
from gonedark.table.division import World, owners_of
from gonedark.table.national import national_test, wanted_ranges, world
from gonedark.table.timeline import build
from gonedark.table.tracker import Dump, Sink, Tracker

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


def one_country(given: argparse.Namespace) -> None:
    """A month of one country: followed, then judged."""
    rules, attribution = Thresholds(), load_registry().attribution(given.country)
    trackers, window = followed(given, attribution, [None] * given.collectors)
    parts = [tracker.finish() for tracker in trackers]
    began = time.process_time()
    for family in FAMILIES:
        decided = decide(parts, (), family, window.until_us, rules)
        timeline = build(parts, (), family, window.until_us, rules, decided)
        found = study(timeline, attribution, window, rules)
        say(family=family, phases=len(found.phases), routes=sum(len(routes.time_us) for routes in timeline.changes()))
    judged(began)


def every_country(given: argparse.Namespace, folder: Path) -> None:
    """The same for all countries, whose routes go through files by country; the largest needs most when judged."""
    rules, registry = Thresholds(), load_registry()
    whole, dictionaries = World.of(registry), Dictionaries()
    dividers = [Divider(dictionaries, owners_of(whole), whole.countries, folder) for _ in range(given.collectors)]
    trackers, window = followed(given, world(registry), dividers, dictionaries)
    frames = [tracker.finish() for tracker in trackers]
    del trackers
    divided = [divider.finish() for divider in dividers]
    del dividers
    say(written_mib=round(sum(file.stat().st_size for file in folder.iterdir()) / 2**20))
    began = time.process_time()
    decided = {family: decide(frames, (), family, window.until_us, rules) for family in FAMILIES}
    most: tuple[float, str] = (0.0, "")
    for number, code in enumerate(registry.codes):
        attribution = registry.attribution(code)
        parts = [one.part(number, frame) for one, frame in zip(divided, frames, strict=True)]
        shelf = Shelf(folder)
        for family in FAMILIES:
            timeline = build(parts, (), family, window.until_us, rules, decided[family], shelf.keep)
            study(timeline, attribution, window, rules)
        most = max(most, (round(resident_mib(), 1), code))
    say(countries=len(registry.codes), largest_while_judged_mib=most[0], of=most[1])
    judged(began)


def followed(
    given: argparse.Namespace,
    attribution: Attribution,
    sinks: Sequence[Sink | None],
    dictionaries: Dictionaries | None = None,
) -> tuple[list[Tracker], TimeSpan]:
    """Trackers that have seen all days, and the window."""
    rules, ranges = Thresholds(), wanted_ranges(attribution)
    dictionaries = dictionaries or Dictionaries()
    wanted = national_test(attribution)
    trackers = [Tracker(f"c{number}", dictionaries, wanted, rules, sink) for number, sink in enumerate(sinks)]
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
    return trackers, TimeSpan(begin_us, begin_us + given.days * DAY_US)


def judged(began: float) -> None:
    """What judging took, and the most that was ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = round(time.process_time() - began, 1)
    say(judged=True, cpu_seconds=cpu, resident_mib=round(resident_mib(), 1), peak_mib=round(peak, 1))


def main() -> None:
    """Follow day by day, then judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rib")
    parser.add_argument("updates", help="one day of updates of the same world")
    parser.add_argument("--country", default="KP")
    parser.add_argument("--all", action="store_true", dest="everyone", help="every country, as report --all")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--collectors", type=int, default=3)
    given = parser.parse_args()
    if not given.everyone:
        one_country(given)
        return
    with spill_folder() as folder:
        every_country(given, folder)


if __name__ == "__main__":
    sys.exit(main())

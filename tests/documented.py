"""Reads ``tests/scenarios/documented-outages.toml``: documented outages as feature sets, with what the rules must say.

Begin with :func:`documented`. ``scripts/confusion_table.py`` makes the table of ``docs/causes.md`` from it.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gonedark.cause.context import CalendarEntry
from gonedark.cause.features import Features
from gonedark.cause.limits import Limits
from gonedark.cause.observe import clock_features
from gonedark.model.cause import Candidate, Where
from gonedark.model.place import Place
from gonedark.model.report import Loss, Outage
from gonedark.model.time import HOUR_US, TimeSpan, parse_time

FILE = Path(__file__).parent / "scenarios" / "documented-outages.toml"


@dataclass(frozen=True)
class Documented:
    name: str
    source: str
    cause: tuple[str, ...]
    verdict: str
    features: Features


def documented() -> tuple[Documented, ...]:
    tree = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_one(row, tree["assumed"]) for row in tree["outage"])


def _one(row: dict[str, Any], assumed: dict[str, Any]) -> Documented:
    about = {key: row[key] for key in ("name", "source", "cause")}
    verdict = row.get("verdict", "unknown")
    facts = {key: value for key, value in row.items() if key not in (*about, "verdict", "estimated")}
    if facts.get("loss", True):
        facts = assumed | facts
    return Documented(about["name"], about["source"], tuple(about["cause"]), verdict, features(facts))


def features(facts: dict[str, Any]) -> Features:
    """A feature set from plain values; times and the clock's features are worked out."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}
    start, end = (values.pop(key, None) for key in ("start", "end"))
    start_us, end_us = (None if time is None else _us(time) for time in (start, end))
    values |= {"start_us": start_us, "end_us": end_us}
    if start_us is not None and end_us is not None:
        values["duration_seconds"] = (end_us - start_us) / 1e6
    if "order" in values:
        values["order"] = tuple(Loss(asn, _us(time)) for asn, time in values["order"])
    if values.pop("where_single", False):
        values["where"] = Where(Candidate("as", (64500,), 1.0, 1.0), (), "")
    if "calendar" in values:
        assert start_us is not None
        span = TimeSpan(start_us - HOUR_US, start_us + HOUR_US)
        values["calendar"] = tuple(CalendarEntry(kind, span, kind, "documented") for kind in values["calendar"])
    if values.get("lead_up_crossings") == 0:
        values["watched_before_seconds"] = 86400.0
    zone = values.pop("zone", None)
    if zone and start_us is not None:
        values |= clock_features(_times(start_us, end_us), Place("", zone), Limits())
    return Features(**values)


def _times(start_us: int, end_us: int | None) -> Outage:
    return Outage("x", "ipv4", start_us, None, None, end_us, None, None, 1.0, True, (), None, (), None, None)


def _us(moment: datetime) -> int:
    return parse_time(moment.isoformat())

"""What a country hangs on, as parts of a report: before its outages and after them.

Begin with :func:`exposure_parts`. Answers come from the room ``country``. Not for routing tables at hand, which is
:mod:`gonedark.exposure`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gonedark.country.answers import Wishes
from gonedark.country.exposure import exposure
from gonedark.country.routing import view_at
from gonedark.exposure import users_of
from gonedark.model.attribution import Registry
from gonedark.model.exposure import Exposure
from gonedark.model.report import Outage
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.course import before_fall_us
from gonedark.outage.study import Study
from gonedark.publish.exposure import document, users_document

Json = dict[str, Any]


def exposure_parts(
    studies: Sequence[Study],
    registry: Registry,
    window: TimeSpan,
    rules: Thresholds | None = None,
    wishes: Wishes | None = None,
) -> tuple[Json | None, Json | None, Json | None]:
    """The ``exposure``, ``exposure_after`` and ``users`` parts of a report.

    Before is the table before the first fall (without an outage: at the window's end), after is that of five minutes
    after the last outage that ended; None where nobody votes then, or there was none.
    """
    rules = rules or Thresholds()
    wishes = replace(wishes or Wishes(), rules=rules)
    judged = [item for item in studies if item.has_baseline]
    outages = [outage for item in judged for outage in item.outages]
    falls = [before_fall_us(item.levels, spell, rules) for item in judged for spell in item.spells]
    before = _at(judged, min(falls, default=window.until_us), registry, wishes)
    after = _at(judged, _after_us(outages, window, rules), registry, wishes)
    name = judged[0].attribution.name if judged else ""
    users = users_of(before or after, judged[0].attribution.code if judged else "", None)
    return document(name, before), document(name, after), users_document(users) if users else None


def _after_us(outages: Sequence[Outage], window: TimeSpan, rules: Thresholds) -> int | None:
    ends = [outage.end_us for outage in outages]
    if not ends or any(end is None for end in ends):
        return None
    return min(max(end for end in ends if end is not None) + rules.providers_after_us, window.until_us)


def _at(studies: Sequence[Study], time_us: int | None, registry: Registry, wishes: Wishes) -> list[Exposure]:
    """The exposure of each family that has voters at a moment."""
    if time_us is None:
        return []
    answers = (exposure(view_at(item.timeline, time_us), item.attribution, registry, wishes) for item in studies)
    return [answer for answer in answers if answer.voters]

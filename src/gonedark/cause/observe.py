"""From a studied family to the features of one of its outages.

Begin with :func:`observe`, or :func:`observe_quiet` for a window without an outage. Everything is measured from the
studies and what the user gives; what cannot be measured stays None, with the reason. Not for judging.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gonedark.cause.context import Context
from gonedark.cause.features import Features
from gonedark.cause.limits import Limits
from gonedark.cause.losses import Losses, losses, origin_spread_seconds, seen_span, spared
from gonedark.cause.where import single_transit, weigh, where
from gonedark.cause.witnesses import holders, new_origins, voters_around, withdrawals
from gonedark.country.transit import origins, providers, ways
from gonedark.model.place import Place
from gonedark.model.report import CoverageGap, Outage
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import DAY_US, MINUTE_US, SECOND_US, TimeSpan, to_datetime
from gonedark.outage.course import fall_from_us, pieces_within, undisturbed_us
from gonedark.outage.study import Study
from gonedark.table.snapshot import Snapshot, snapshot

_LOOK_BACK_US = 2 * DAY_US
_DAYS_FOR_REPEATS_US = 3 * DAY_US // 2


def observe(
    found: Study,
    outage: Outage,
    other: Study | None,
    gaps: Sequence[CoverageGap],
    place: Place | None,
    context: Context,
    rules: Thresholds,
    limits: Limits,
) -> Features:
    """All features of one outage. ``other`` is the study of the other family, ``gaps`` those of the report."""
    span = seen_span(found, outage)
    taken = losses(found, outage)
    fell_us = fall_from_us(found.levels, span.from_us)
    fell_us = fell_us if outage.start_earliest_us is None else min(outage.start_earliest_us, fell_us)
    before = snapshot(found.timeline, undisturbed_us(found.levels, fell_us, rules))
    timed = _timed(found, outage, limits)
    unseen_start = _UNSEEN_START if timed.start_us is None else {}
    values: dict[str, Any] = {"unseen": _UNSEEN | unseen_start}
    values |= _shape(found, outage, timed)
    values |= _before(found, outage, span, rules, limits)
    if taken is not None:
        values |= _networks(found, outage, taken, before, rules, limits)
        values |= {} if timed.order else {"origin_spread_seconds": None}
        values |= _witnesses(found, taken, before, span, gaps)
    values |= _after(found, outage, timed, limits)
    values |= _other_family(other, span)
    values |= clock_features(timed, place, limits)
    values |= given(context, timed.start_us)
    return Features(outage=outage.id, family=found.family, **values)


def observe_quiet(found: Study, window: TimeSpan, context: Context, rules: Thresholds) -> Features:
    """A window without an outage: whether the way in changed, and what the user gives."""
    seeing = [piece.time_us for piece in found.levels.pieces if piece.blind is None and piece.voters]
    values: dict[str, Any] = {}
    if seeing:
        first = max(window.from_us, seeing[0]) + MINUTE_US
        moments = (min(first, found.levels.until_us), found.levels.until_us)
        tables = snapshot(found.timeline, moments[0]), snapshot(found.timeline, moments[1])
        over = ways(found.timeline, tables, found.attribution, rules)
        if over.same is not None:
            values = {"providers_before": over.before, "providers_after": over.after, "same_providers": over.same}
    values |= given(context, None)
    return Features(loss=False, family=found.family, unseen={"cause.planes": "unseen.given"}, **values)


_UNSEEN = {
    "cause.duration": "unseen.end",
    "cause.onset-spread": "unseen.start",
    "cause.order": "unseen.start",
    "cause.lead-up": "unseen.before",
    "cause.spared": "unseen.one-network",
    "cause.families": "unseen.family",
    "cause.restoration": "unseen.end",
    "cause.relapses": "unseen.end",
    "cause.recurrence": "unseen.days",
    "cause.round-minutes": "unseen.zone",
    "cause.planes": "unseen.given",
    "cause.other-customers": "unseen.one-country",
    "cause.other-countries": "unseen.one-country",
    "cause.calendar": "unseen.given",
}
_UNSEEN_START = dict.fromkeys(("cause.duration", "cause.recurrence", "cause.round-minutes"), "unseen.start")


def _timed(found: Study, outage: Outage, limits: Limits) -> Outage:
    """The outage without a start or an end that lies somewhere in blind time: the moment at which watching began again,
    as of the next table, is no time of the outage, by no clock."""
    loose_us = limits.round_seconds * SECOND_US
    for spell in found.spells:
        if spell.start_us == outage.start_us and spell.start_blind and spell.start_blind.duration_us > loose_us:
            outage = replace(outage, start_us=None, order=())
        if spell.end_us == outage.end_us and spell.end_blind and spell.end_blind.duration_us > loose_us:
            outage = replace(outage, end_us=None)
    return outage


def _shape(found: Study, outage: Outage, timed: Outage) -> dict[str, Any]:
    return {
        "start_us": outage.start_us,
        "end_us": outage.end_us,
        "duration_seconds": timed.duration_seconds,
        "depth": outage.depth,
        "complete": outage.complete,
        "onset_spread_seconds": timed.onset_spread_seconds if timed.start_us is not None else None,
        "order": timed.order or None,
    }


def _before(found: Study, outage: Outage, span: TimeSpan, rules: Thresholds, limits: Limits) -> dict[str, Any]:
    """The lead-up; without one, whether enough was watched since the last unrest to say that there was none."""
    swings = [swing for swing in found.levels.swings if swing.time_us < span.from_us]
    if swings and swings[-1].direction == "down":
        # It is part of the fall.
        swings.pop()
    ends = [item.end_us for item in found.outages if item.end_us is not None and item.end_us <= span.from_us]
    flickers = _flickers(found, TimeSpan(max(span.from_us - _LOOK_BACK_US, 0), span.from_us), rules)
    restless_us = max([*ends, *(swing.time_us for swing in swings), *flickers], default=0)
    earlier = TimeSpan(max(span.from_us - _LOOK_BACK_US, restless_us, 0), span.from_us)
    watched = sum(part.duration_us for _, part in pieces_within(found.levels, earlier)) / SECOND_US
    values: dict[str, Any] = {
        "watched_before_seconds": watched,
        "restless_before": 0 < restless_us == earlier.from_us,
    }
    if outage.lead_up is not None:
        values |= {
            "lead_up_crossings": outage.lead_up.crossings,
            "lead_up_seconds": outage.lead_up.span.duration_us / SECOND_US,
            "lead_up_trend": outage.lead_up.trend,
        }
    elif watched >= limits.watched_seconds and outage.start_us is not None:
        values["lead_up_crossings"] = 0
    return values


def _networks(
    found: Study, outage: Outage, taken: Losses, before: Snapshot, rules: Thresholds, limits: Limits
) -> dict[str, Any]:
    """Which networks were lost, over which ways they had been reached, and what explains that best."""
    is_domestic = found.attribution.is_domestic
    names = origins(found.timeline, before)
    weights = weigh(found.timeline, before, taken, is_domestic)
    mine = {names[index] for index in taken.baseline.nonzero()[0].tolist() if index in names}
    return {
        "origins": len(mine) or None,
        "origin_spread_seconds": origin_spread_seconds(taken, names),
        "spared": spared(taken, names, is_domestic, limits),
        "where": where(weights, limits),
        "single_transit": single_transit(weights),
        "providers_before": tuple(providers(found.timeline, before, found.attribution, rules)) or None,
    }


def _flickers(found: Study, before: TimeSpan, rules: Thresholds) -> list[int]:
    """When the last loss before the fall was over that was too short for a swing: it is no lead-up, but no calm."""
    ends: list[int] = []
    low_us: int | None = None
    for piece, part in pieces_within(found.levels, before):
        if piece.share < rules.full_share:
            low_us = part.until_us
        elif low_us is not None:
            ends, low_us = [low_us], None
    return ends


def _witnesses(
    found: Study, taken: Losses, before: Snapshot, span: TimeSpan, gaps: Sequence[CoverageGap]
) -> dict[str, Any]:
    near = TimeSpan(max(0, span.from_us - 5 * MINUTE_US), max(taken.worst_us, span.from_us) + 5 * MINUTE_US)
    voters, collectors = withdrawals(found, taken, near)
    share, asns = holders(found, taken, TimeSpan(max(taken.worst_us, span.from_us), span.until_us))
    first, later = voters_around(found, span.from_us, span.from_us + 5 * MINUTE_US)
    onset = TimeSpan(max(0, span.from_us - 5 * MINUTE_US), span.from_us + 5 * MINUTE_US)
    return {
        "withdrawing_voters": voters,
        "withdrawing_collectors": collectors,
        "holders_share": share,
        "holders": asns,
        "voters_before": first,
        "voters_after": later,
        "gap_at_onset": any(gap.span.overlap(onset) for gap in gaps),
        "new_origins": new_origins(found, taken, before, TimeSpan(near.from_us, span.until_us)),
    }


def _after(found: Study, outage: Outage, timed: Outage, limits: Limits) -> dict[str, Any]:
    restored = outage.restoration
    values: dict[str, Any] = {}
    if restored is not None and outage.end_us is not None:
        values = {
            "restoration_spread_seconds": restored.spread_seconds,
            "providers_after": restored.providers_after,
            "same_providers": restored.same_providers,
            "relapses": _relapses(found, outage.end_us, limits),
        }
    pieces = found.levels.pieces
    watched_us = found.levels.until_us - pieces[0].time_us if pieces else 0
    if timed.start_us is not None and watched_us >= _DAYS_FOR_REPEATS_US:
        values["repeats"] = _repeats(found, timed, limits)
    return values


def _relapses(found: Study, end_us: int, limits: Limits) -> int:
    later = (item.start_us for item in found.outages if item.start_us is not None)
    return sum(1 for start_us in later if 0 < start_us - end_us <= limits.relapse_seconds * SECOND_US)


def _repeats(found: Study, outage: Outage, limits: Limits) -> int:
    """Other days on which an outage began at the same time of day."""
    assert outage.start_us is not None, "asked only of outages whose start was seen"
    near_us = limits.repeat_seconds * SECOND_US
    days = set()
    for item in (_timed(found, other, limits) for other in found.outages):
        if item.start_us is None or item.id == outage.id:
            continue
        apart = abs(item.start_us - outage.start_us)
        day, rest = divmod(apart + near_us, DAY_US)
        if 1 <= day <= limits.repeat_days and rest <= 2 * near_us:
            days.add((day, item.start_us > outage.start_us))
    return len(days)


def _other_family(other: Study | None, span: TimeSpan) -> dict[str, Any]:
    if other is None or not other.has_baseline:
        return {}
    shares = [piece.share for piece, _ in pieces_within(other.levels, span)]
    return {"other_family_depth": 1 - min(1.0, *shares)} if shares else {}


def clock_features(outage: Outage, place: Place | None, limits: Limits) -> dict[str, Any]:
    """Round minutes and night hours by the clock of the country's capital on that day."""
    if place is None or outage.start_us is None:
        return {}
    zone = ZoneInfo(place.zone)
    start = to_datetime(outage.start_us).astimezone(zone)
    end = None if outage.end_us is None else to_datetime(outage.end_us).astimezone(zone)
    seconds = outage.duration_seconds
    return {
        "zone": place.zone,
        "local_start": start.strftime("%H:%M:%S"),
        "local_end": None if end is None else end.strftime("%H:%M:%S"),
        "round_start": _is_round(start.minute * 60 + start.second, limits),
        "round_end": None if end is None else _is_round(end.minute * 60 + end.second, limits),
        "round_duration": None if seconds is None else _is_round(seconds, limits),
        "night_start": limits.night_from_hour <= (start + timedelta(minutes=2)).hour < limits.night_until_hour,
    }


def _is_round(seconds: float, limits: Limits) -> bool:
    rest = seconds % 1800
    return min(rest, 1800 - rest) <= limits.round_seconds


def given(context: Context, start_us: int | None) -> dict[str, Any]:
    """What the user gives, as features."""
    values: dict[str, Any] = {"calendar": context.calendar}
    if context.data_plane is not None:
        lost_us = context.data_plane.lost_at_us
        values |= {"data_plane_lost": lost_us is not None, "data_plane_source": context.data_plane.source}
        if lost_us is not None and start_us is not None:
            values["plane_lead_seconds"] = (start_us - lost_us) / SECOND_US
    if context.other_customers is not None:
        values["other_customers"] = (len(context.other_customers.lost), context.other_customers.watched)
    if context.other_countries is not None:
        values["other_countries"] = context.other_countries.lost
    return values

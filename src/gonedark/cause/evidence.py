"""Features as evidence: one piece each, with a stable id, a sentence, its value and where it comes from.

Begin with :func:`evidence_of`. A feature that was not observable is there too: its value is None and its sentence says
why. The ids are those of :data:`SOURCES`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from gonedark.cause.features import Features
from gonedark.cause.templates import TRENDS, say
from gonedark.model.report import Evidence
from gonedark.model.time import SECOND_US, format_time

Told = tuple[Any, str] | None
"""A value with its sentence, or None where nothing was observed."""

_SERIES = "visible addresses over time"
_ROUTES = "routes of the voting sessions"
_GIVEN = "given by the user"
_MOST_NAMED = 10

SOURCES: Mapping[str, str] = {
    "cause.no-loss": _SERIES,
    "cause.provider-change": _ROUTES,
    "cause.duration": _SERIES,
    "cause.depth": _SERIES,
    "cause.onset-spread": _SERIES,
    "cause.order": "visibility of each origin network's prefixes",
    "cause.spared": "visibility of each origin network's prefixes",
    "cause.lead-up": _SERIES,
    "cause.where": _ROUTES + ", just before the start",
    "cause.transit": _ROUTES + ", just before the start",
    "cause.providers": _ROUTES + ", just before the start",
    "cause.withdrawals": "withdrawal messages around the start",
    "cause.voters": "states of the sessions",
    "cause.holders": _ROUTES + ", during the outage",
    "cause.origins": _ROUTES + ", around the start and during the outage",
    "cause.families": _SERIES,
    "cause.restoration": _SERIES,
    "cause.relapses": _SERIES,
    "cause.recurrence": _SERIES,
    "cause.round-minutes": "start, and the time zone data base for that day",
    "cause.planes": _GIVEN,
    "cause.other-customers": _GIVEN,
    "cause.other-countries": _GIVEN,
    "cause.calendar": _GIVEN,
    "cause.comparators": "delegations of addresses to countries",
}
"""Evidence id to source, in the order of reports."""


def as_list(asns: tuple[int, ...]) -> str:
    """``AS1, AS2``; of many the first ten."""
    more = f" and {len(asns) - _MOST_NAMED} more" if len(asns) > _MOST_NAMED else ""
    return ", ".join(f"AS{asn}" for asn in asns[:_MOST_NAMED]) + more


def evidence_of(seen: Features) -> tuple[Evidence, ...]:
    """All evidence, observed or not, in the order of :data:`SOURCES`."""
    told = {identity: _TELLERS[identity](seen) for identity in SOURCES}
    if not seen.loss:
        wanted = ("cause.no-loss", "cause.provider-change", "cause.planes", "cause.calendar", "cause.comparators")
        told = {identity: told[identity] for identity in wanted if told[identity] or identity == "cause.planes"}
    else:
        del told["cause.no-loss"], told["cause.provider-change"]
    return tuple(
        Evidence(
            identity, found[1] if found else _unseen(seen, identity), found[0] if found else None, SOURCES[identity]
        )
        for identity, found in told.items()
    )


def _unseen(seen: Features, identity: str) -> str:
    if identity == "cause.lead-up" and seen.restless_before:
        return say("unseen.restless")
    return say(seen.unseen.get(identity, "unseen.default"))


def _no_loss(seen: Features) -> Told:
    return None if seen.loss else (0, say("cause.no-loss"))


def _provider_change(seen: Features) -> Told:
    before, after = seen.providers_before, seen.providers_after
    if seen.loss or seen.same_providers is not False or before is None or after is None:
        return None
    value = {"before": before, "after": after}
    if not before or not after:
        variant = "cause.provider-change.to" if after else "cause.provider-change.from"
        return value, say(variant, as_list=as_list(after or before))
    return value, say("cause.provider-change", as_before=as_list(before), as_after=as_list(after))


def _duration(seen: Features) -> Told:
    if seen.start_us is not None and seen.end_us is not None and seen.duration_seconds is not None:
        start, end = format_time(seen.start_us), format_time(seen.end_us)
        return seen.duration_seconds, say(
            "cause.duration", start=start, end=end, seconds=_number(seen.duration_seconds)
        )
    return None


def _depth(seen: Features) -> Told:
    return None if seen.depth is None else (seen.depth, say("cause.depth", percent=_percent(seen.depth)))


def _onset(seen: Features) -> Told:
    seconds = seen.onset_spread_seconds
    return None if seconds is None else (seconds, say("cause.onset-spread", seconds=_number(seconds)))


def _order(seen: Features) -> Told:
    if seen.origins is None:
        return None
    order = seen.order or ()
    times = sorted(loss.lost_at_us for loss in order)
    gaps = [(later - earlier) / SECOND_US for earlier, later in pairwise(times)]
    value = {
        "origins": seen.origins,
        "order": [{"asn": loss.asn, "lost_at": format_time(loss.lost_at_us)} for loss in order],
        "gaps_seconds": gaps,
        "origin_spread_seconds": seen.origin_spread_seconds,
    }
    if not times:
        return value, say("cause.order.unseen", origins=seen.origins)
    if len(times) == 1:
        return value, say("cause.order.one")
    if not any(gaps):
        return value, say("cause.order.together", lost=len(times), origins=seen.origins)
    shown = ", ".join(_number(gap) for gap in gaps[:8]) + (", …" if len(gaps) > 8 else "")
    return value, say("cause.order", lost=len(times), origins=seen.origins, gaps=shown)


def _spared(seen: Features) -> Told:
    if seen.spared is None:
        return None
    if not seen.spared:
        return (), say("cause.spared.none")
    variant = "cause.spared" if len(seen.spared) > 1 else "cause.spared.one"
    return seen.spared, say(variant, as_list=as_list(seen.spared))


def _lead_up(seen: Features) -> Told:
    if seen.lead_up_crossings is None:
        return None
    watched = seen.watched_before_seconds
    value = {
        "crossings": seen.lead_up_crossings,
        "seconds": seen.lead_up_seconds,
        "trend": seen.lead_up_trend,
        "watched_seconds": watched,
    }
    if not seen.lead_up_crossings:
        variant = "cause.lead-up.since" if seen.restless_before else "cause.lead-up.none"
        value |= {"restless_before": True} if seen.restless_before else {}
        return value, say(variant, hours=_hours(watched or 0.0))
    hours, trend = _hours(seen.lead_up_seconds or 0.0), TRENDS[seen.lead_up_trend or "steady"]
    return value, say("cause.lead-up", crossings=seen.lead_up_crossings, hours=hours, trend=trend)


def _where(seen: Features) -> Told:
    if seen.where is None:
        return None
    best = seen.where.best
    value = None if best is None else {"kind": best.kind, "asns": best.asns, "lost_share": best.lost_share}
    alike = [list(item.asns) for item in seen.where.alike]
    return {"best": value, "alike": alike}, say("cause.where", text_where=seen.where.statement)


def _transit(seen: Features) -> Told:
    if seen.single_transit is None:
        return None
    asn, share = seen.single_transit
    return {"asn": asn, "share": share}, say("cause.transit", percent=_percent(share), as_one=f"AS{asn}")


def _providers(seen: Features) -> Told:
    if not seen.providers_before:
        return None
    return seen.providers_before, say("cause.providers", as_list=as_list(seen.providers_before))


def _withdrawals(seen: Features) -> Told:
    voters, collectors = seen.withdrawing_voters, seen.withdrawing_collectors
    if voters is None or collectors is None:
        return None
    return {"voters": voters, "collectors": collectors}, say("cause.withdrawals", voters=voters, collectors=collectors)


def _voters(seen: Features) -> Told:
    before, after = seen.voters_before, seen.voters_after
    if before is None or after is None:
        return None
    value = {"before": before, "after": after, "gap": seen.gap_at_onset}
    return value, say("cause.voters.gap" if seen.gap_at_onset else "cause.voters", before=before, after=after)


def _holders(seen: Features) -> Told:
    if seen.holders_share is None:
        return None
    holders = seen.holders or ()
    value = {"share": seen.holders_share, "asns": holders}
    return value, say("cause.holders", percent=_percent(seen.holders_share), count=len(holders))


def _origins(seen: Features) -> Told:
    if seen.new_origins is None:
        return None
    if not seen.new_origins:
        return (), say("cause.origins.none")
    return seen.new_origins, say("cause.origins", as_list=as_list(seen.new_origins))


def _families(seen: Features) -> Told:
    depth = seen.other_family_depth
    return None if depth is None else (depth, say("cause.families", percent=_percent(depth)))


def _restoration(seen: Features) -> Told:
    seconds, same = seen.restoration_spread_seconds, seen.same_providers
    if same is None:
        return None
    value = {"spread_seconds": seconds, "same_providers": same}
    if seconds is None:
        return (value, say("cause.restoration.step")) if same else None
    if same:
        return value, say("cause.restoration", seconds=_number(seconds))
    after = as_list(seen.providers_after or ())
    return value, say("cause.restoration.other", seconds=_number(seconds), as_list=after)


def _relapses(seen: Features) -> Told:
    if seen.relapses is None:
        return None
    return seen.relapses, say("cause.relapses", count=seen.relapses) if seen.relapses else say("cause.relapses.none")


def _recurrence(seen: Features) -> Told:
    if seen.repeats is None:
        return None
    return seen.repeats, say("cause.recurrence", count=seen.repeats) if seen.repeats else say("cause.recurrence.none")


def _round(seen: Features) -> Told:
    if seen.round_start is None or seen.local_start is None:
        return None
    value = {
        "zone": seen.zone,
        "local_start": seen.local_start,
        "local_end": seen.local_end,
        "round_start": seen.round_start,
        "round_end": seen.round_end,
        "round_duration": seen.round_duration,
    }
    variant = "cause.round-minutes" if seen.round_start else "cause.round-minutes.none"
    return value, say(variant, zone=seen.zone, start=seen.local_start)


def _planes(seen: Features) -> Told:
    if seen.data_plane_lost is None:
        return None
    citation = f"“{seen.data_plane_source}”"
    value = {"lost": seen.data_plane_lost, "lead_seconds": seen.plane_lead_seconds}
    if not seen.data_plane_lost:
        return value, say("cause.planes.kept", citation=citation)
    if seen.plane_lead_seconds is None:
        return value, say("cause.planes.only", citation=citation)
    return value, say("cause.planes", seconds=_number(seen.plane_lead_seconds), citation=citation)


def _customers(seen: Features) -> Told:
    if seen.other_customers is None:
        return None
    lost, watched = seen.other_customers
    return {"lost": lost, "watched": watched}, say("cause.other-customers", lost=lost, watched=watched)


def _countries(seen: Features) -> Told:
    if seen.other_countries is None:
        return None
    return seen.other_countries, say("cause.other-countries", count=len(seen.other_countries))


def _calendar(seen: Features) -> Told:
    if seen.calendar is None:
        return None
    value = [{"kind": e.kind, "text": e.text, "source": e.source, "span": e.span} for e in seen.calendar]
    return value, say("cause.calendar", count=len(value))


def _comparators(seen: Features) -> Told:
    found = seen.comparators
    if found is None:
        return None
    value = {item.name: getattr(found, item.name) for item in dataclasses.fields(found)}
    return value, say("cause.comparators", **{name: f"{number:,}" for name, number in value.items()})


_TELLERS: Mapping[str, Callable[[Features], Told]] = {
    "cause.no-loss": _no_loss,
    "cause.provider-change": _provider_change,
    "cause.duration": _duration,
    "cause.depth": _depth,
    "cause.onset-spread": _onset,
    "cause.order": _order,
    "cause.spared": _spared,
    "cause.lead-up": _lead_up,
    "cause.where": _where,
    "cause.transit": _transit,
    "cause.providers": _providers,
    "cause.withdrawals": _withdrawals,
    "cause.voters": _voters,
    "cause.holders": _holders,
    "cause.origins": _origins,
    "cause.families": _families,
    "cause.restoration": _restoration,
    "cause.relapses": _relapses,
    "cause.recurrence": _recurrence,
    "cause.round-minutes": _round,
    "cause.planes": _planes,
    "cause.other-customers": _customers,
    "cause.other-countries": _countries,
    "cause.calendar": _calendar,
    "cause.comparators": _comparators,
}


def _number(value: float) -> str:
    return f"{value:,.1f}" if value != int(value) else f"{int(value):,}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.3g}"

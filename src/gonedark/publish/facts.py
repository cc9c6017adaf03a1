"""What a report says, asked in the ways in which texts and charts ask it.

Begin with :func:`seen_span`. Pure functions that add nothing to the report. Not for words.
"""

from collections.abc import Iterable
from typing import Any

from gonedark.model.prefix import FAMILIES, Family
from gonedark.model.report import Outage, Phase, PhaseName, Report
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import MINUTE_US, TimeSpan, parse_time
from gonedark.outage.decline import DECLINED
from gonedark.outage.detours import DETOUR
from gonedark.outage.fewer import FEWER
from gonedark.outage.growth import GROWN
from gonedark.outage.half_seen import GONE_BEFORE, HALF_SEEN
from gonedark.outage.lately import LATELY_BACK, LATELY_LOST
from gonedark.outage.levels import BLIND_GLIMPSE, BLIND_NOTHING, BLIND_RETURN
from gonedark.outage.minority import MINORITY
from gonedark.outage.missing import MISSING
from gonedark.outage.origins import ORIGIN_CHANGE
from gonedark.outage.settled import SETTLED
from gonedark.publish.words import clean

MOST_ORIGIN_CHANGES = 3
"""So many are told where there is little room."""


def families(report: Report) -> list[Family]:
    """Families in which the country is normally there; both tell nothing where there is no baseline."""
    return [family for family in FAMILIES if baseline_prefixes(report, family)]


def baseline_prefixes(report: Report, family: Family) -> int:
    """Prefixes that are normally visible; 0 outside :func:`families`, where that tells nothing."""
    return (report.baseline.prefixes_v4 if family == "ipv4" else report.baseline.prefixes_v6) or 0


def baseline_units(report: Report, family: Family) -> int:
    """Addresses (IPv4) or /48s (IPv6) that are normally visible; 0 outside :func:`families`."""
    return (report.baseline.addresses_v4 if family == "ipv4" else report.baseline.slash48s_v6) or 0


def tells_counts(report: Report, family: Family) -> bool:
    """True for so few prefixes that texts give counts, not percentages."""
    limit = report.software.thresholds.get("count_prefixes", Thresholds().count_prefixes)
    return baseline_prefixes(report, family) < limit


def phases_of(report: Report, family: Family, *names: PhaseName) -> list[Phase]:
    """The family's phases in order of time; with names, only those."""
    chosen = [item for item in report.phases if item.family == family and (not names or item.phase in names)]
    return sorted(chosen, key=lambda item: item.span)


def blind_spans(report: Report, family: Family, within: TimeSpan) -> list[TimeSpan]:
    """Stretches of a span about which nothing can be said."""
    parts = (phase.span.overlap(within) for phase in phases_of(report, family, "blind"))
    return [part for part in parts if part]


def glimpses(report: Report, family: Family) -> list[Phase]:
    """Moments of blind time at which less than usual was seen, outside outages."""
    return [phase for phase in phases_of(report, family, "blind") if phase.reason == BLIND_GLIMPSE]


def returns(report: Report, family: Family) -> list[Phase]:
    """Moments of blind time within outages at which as much as usual was seen."""
    return [phase for phase in phases_of(report, family, "blind") if phase.reason == BLIND_RETURN]


def blind_us(report: Report, family: Family, within: TimeSpan) -> int:
    """How long within the span nothing could be said."""
    return sum(part.duration_us for part in blind_spans(report, family, within))


def start_is_hidden(report: Report, outage: Outage) -> bool:
    """The outage began while nobody could watch, so that nobody knows what went first."""
    return _is_hidden(report, outage, "start")


def end_is_hidden(report: Report, outage: Outage) -> bool:
    """The outage ended while nobody could watch."""
    return _is_hidden(report, outage, "end")


def _is_hidden(report: Report, outage: Outage, edge: str) -> bool:
    return any(item.id == f"{outage.id}/{edge}-blind" for item in report.evidence)


def tables_alone(report: Report, outage: Outage) -> list[TimeSpan]:
    """The moments at which an outage was watched, where each is shorter than a level must hold: tables, and nobody
    between them. Nothing where it was watched for longer at some time, or watching went on before or after it."""
    phases = phases_of(report, outage.family)
    hold_us = report.software.thresholds.get("hold_us", Thresholds().hold_us)
    seen: list[TimeSpan] = []
    for at, phase in enumerate(phases):
        part = None if phase.phase == "blind" else phase.span.overlap(seen_span(report, outage))
        if part is None:
            continue
        beside = {other.phase == "blind" for other in phases[max(0, at - 1) : at + 2] if other is not phase}
        if part.duration_us >= hold_us or beside != {True}:
            return []
        seen.append(part)
    return seen


def unannounced_span(report: Report, family: Family) -> TimeSpan | None:
    """From when until when nothing of the family was announced at the window's begin, though it was watched."""
    for phase in phases_of(report, family)[:1]:
        if phase.phase == "blind" and phase.reason == BLIND_NOTHING:
            return phase.span
    return None


def growth(report: Report, family: Family) -> dict[str, Any] | None:
    """The evidence that more is usual later than was visible when the data begin; None where it was all there."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{GROWN}"), None)


def decline(report: Report, family: Family) -> dict[str, Any] | None:
    """The evidence that less and less was usual, too slowly for an outage; None elsewhere."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{DECLINED}"), None)


def strangers(report: Report, family: Family) -> list[dict[str, Any]]:
    """The evidence of ASes, not registered in the country, that came to announce a part of it during an outage or at
    the moment of its end, in order of time."""
    mine = [item for item in report.outages if item.family == family and item.end_us is not None]
    ends = [(seen_span(report, item).from_us, max(item.end_us or 0, item.end_latest_us or 0)) for item in mine]
    return [
        one
        for one in origin_changes(report, family)
        if not one["domestic"] and any(first_us < parse_time(one["since"]) <= last_us for first_us, last_us in ends)
    ]


def origin_changes(report: Report, family: Family) -> list[dict[str, Any]]:
    """The evidence of ASes that came to announce a tenth or more of the usual addresses, in order of time."""
    return [item.value for item in report.evidence if item.id.startswith(f"{family}/{ORIGIN_CHANGE}/")]


def detours(report: Report, family: Family) -> list[dict[str, Any]]:
    """The evidence of providers that carried most of the country for a time only, in order of time."""
    return [item.value for item in report.evidence if item.id.startswith(f"{family}/{DETOUR}/")]


def missing_networks(report: Report, family: Family) -> list[dict[str, Any]]:
    """The evidence of networks that were gone as a whole while the country was not, largest first."""
    return [item.value for item in report.evidence if item.id.startswith(f"{family}/{MISSING}/")]


def lately_back(report: Report, outage: Outage) -> TimeSpan | None:
    """From when until when as much as usual was visible in the end, too briefly to end an outage; None elsewhere."""
    found = next((item.value for item in report.evidence if item.id == f"{outage.id}/{LATELY_BACK}"), None)
    return TimeSpan(parse_time(found["from"]), parse_time(found["until"])) if found else None


def lately_lost(report: Report, family: Family) -> dict[str, Any] | None:
    """The evidence that less than usual was visible in the end, too briefly for an outage; None elsewhere."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{LATELY_LOST}"), None)


def half_seen(report: Report, family: Family) -> list[dict[str, Any]]:
    """The evidence of losses next to blind time, too briefly watched for outages, in order of time."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{HALF_SEEN}"), [])


def seen_by_minority(report: Report, family: Family) -> dict[str, Any] | None:
    """The evidence that fewer than half of the expected voters saw less than usual; None elsewhere."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{MINORITY}"), None)


def gone_before(report: Report, family: Family) -> dict[str, Any] | None:
    """The evidence of an outage before the window, which may not have been over when it opens; None elsewhere."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{GONE_BEFORE}"), None)


def seen_by_fewer(report: Report, family: Family) -> dict[str, Any] | None:
    """The evidence that a quarter of the voters ceased to see a large part, which most went on seeing; else None."""
    return next((item.value for item in report.evidence if item.id == f"{family}/{FEWER}"), None)


def settled(report: Report, outage: Outage) -> dict[str, Any] | None:
    """The evidence that what an open outage left has not changed for a day or more; None elsewhere."""
    return next((item.value for item in report.evidence if item.id == f"{outage.id}/{SETTLED}"), None)


def numbers(found: Iterable[int | None]) -> list[int]:
    """Those that are known."""
    return [number for number in found if number is not None]


def full_share(report: Report) -> float:
    """From this share of the usual addresses on nothing is missing."""
    return report.software.thresholds.get("full_share", Thresholds().full_share)


def outage_inside_unstable_us(report: Report) -> int:
    """A shorter loss within an unstable period belongs to that period."""
    name = "outage_inside_unstable_us"
    return int(report.software.thresholds.get(name, Thresholds().outage_inside_unstable_us))


def early_share(report: Report) -> float:
    """The share of the voters that the earliest bounds ask."""
    return report.software.thresholds.get("early_share", Thresholds().early_share)


def late_share(report: Report) -> float:
    """The share of the voters that the latest bounds ask."""
    return report.software.thresholds.get("late_share", Thresholds().late_share)


def total_us(spans: Iterable[TimeSpan]) -> int:
    """How long disjoint spans are together."""
    return sum(span.duration_us for span in spans)


def overlap_us(spans: Iterable[TimeSpan], within: TimeSpan) -> int:
    """Time that disjoint spans share with another."""
    parts = (span.overlap(within) for span in spans)
    return sum(part.duration_us for part in parts if part)


def merged(spans: Iterable[TimeSpan], within: TimeSpan) -> list[TimeSpan]:
    """Union of spans that may overlap, cut to another, in order of time."""
    union: list[TimeSpan] = []
    for span in sorted(part for item in spans if (part := item.overlap(within))):
        if union and span.from_us <= union[-1].until_us:
            union[-1] = TimeSpan(union[-1].from_us, max(union[-1].until_us, span.until_us))
        else:
            union.append(span)
    return union


def watched_span(report: Report, family: Family) -> TimeSpan | None:
    """The window without the blind stretches at its two ends; None where all of it is blind."""
    seen = [phase.span for phase in phases_of(report, family) if phase.phase != "blind"]
    if not seen:
        return None
    return TimeSpan(max(seen[0].from_us, report.window.from_us), min(seen[-1].until_us, report.window.until_us))


def seen_span(report: Report, outage: Outage) -> TimeSpan:
    """From the outage's start to its end; where one is unknown, from or to where watching began or ended, or to a
    return that may not last."""
    watched = watched_span(report, outage.family) or report.window
    back = lately_back(report, outage)
    start = watched.from_us if outage.start_us is None else outage.start_us
    end = back.from_us if back else watched.until_us if outage.end_us is None else outage.end_us
    return TimeSpan(start, max(start, end))


def dark_us(outage: Outage) -> int:
    """How long the country was seen to be gone."""
    return sum(span.duration_us for span in outage.dark)


def dark_throughout(report: Report, outage: Outage) -> bool:
    """True where the outage, but for two minutes or a hundredth at its edges, was dark whenever it could be watched."""
    span = seen_span(report, outage)
    rest = span.duration_us - blind_us(report, outage.family, span) - dark_us(outage)
    edges_us = 0 if tables_alone(report, outage) else max(2 * MINUTE_US, span.duration_us // 100)
    return bool(outage.dark) and rest <= edges_us


def nothing_left(outage: Outage) -> bool:
    """True where, but for two minutes or a hundredth, nothing at all was visible all the time that it was gone."""
    missing = dark_us(outage) - sum(overlap_us(outage.none_visible, span) for span in outage.dark)
    # Of moments without any time between them, none is an edge.
    moments = all(span.duration_us < MINUTE_US for span in outage.dark)
    return bool(outage.dark) and missing <= (0 if moments else max(2 * MINUTE_US, dark_us(outage) // 100))


def fewest_visible(report: Report, outage: Outage) -> int | None:
    """Fewest national prefixes visible during the outage, where that is known."""
    span = seen_span(report, outage)
    inside = [
        phase.prefixes_visible_min
        for phase in phases_of(report, outage.family, "offline", "degraded")
        if phase.span.overlap(span) and phase.prefixes_visible_min is not None
    ]
    return min(inside, default=None)


def asn_names(report: Report) -> dict[int, str]:
    """Names of ASes, as far as the report carries any (its exposure does)."""
    names: dict[int, str] = {}
    for exposure in (report.exposure_after, report.exposure):
        for key in ("hegemony", "single_points_of_failure", "foreign_providers", "frontier"):
            rows: Any = exposure.get(key, ()) if isinstance(exposure, dict) else ()
            names |= {row["asn"]: clean(row["name"], 60) for row in rows if isinstance(row, dict) and row.get("name")}
    return names

"""The tables of a report as rows of words, which the terminal and the page lay out each in its own way.

Begin with :func:`key_facts`. Every cell is clean text; UTC first, the capital's clock beside it. Not for headlines.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from gonedark.model.report import Outage, Phase, Report
from gonedark.model.time import SECOND_US, TimeSpan, parse_time
from gonedark.publish import facts
from gonedark.publish.grid import Grid, Pairs
from gonedark.publish.numbers import length_words
from gonedark.publish.words import (
    FAMILY_NAMES,
    UNIT_NOUNS,
    UNKNOWN,
    Clock,
    as_text,
    between,
    clean,
    clock_duration,
    clock_total,
    count,
    duration,
    listed,
    percent,
    plural,
)

PHASE_WORDS = {
    "blind": "not enough data to say anything",
    "offline": "gone: at most a tenth of the usual addresses visible (of fewer than 20 networks, none)",
    "degraded": "the rest of an outage: under nine tenths visible, or a return that did not last",
    "unstable": "swings of a tenth and more",
    "normal": "none of these",
}
"""What a phase means, in a reader's words. The thresholds are the report's; these are their defaults."""


def key_facts(report: Report, clock: Clock) -> Pairs:
    """What was asked, what is usual there, who watched."""
    window, coverage = report.window, report.coverage
    pairs = [
        ("Window", f"{clock.utc(window.from_us)} to {clock.utc(window.until_us)} ({duration(window.duration_us)})")
    ]
    if clock.place:
        pairs.append(("Local time", f"{clock.capital}, {clock.offset(window)}"))
    pairs += [("Normally there", _usual(report, clock))]
    if report.baseline.origins:
        pairs.append(("Announced by", "; ".join([_origins(report), *_origin_changes(report, clock)])))
    voters, full = count(coverage.voters, "voting network"), count(coverage.full_feed_peers, "full table")
    pairs.append(("Watched by", f"{voters} outside the country, {full} of {count(coverage.peers, 'peer')}"))
    collectors = listed((clean(name, 60) for name in coverage.collectors), most=10) or "none"
    pairs.append((plural("Collector", len(coverage.collectors)), collectors))
    return pairs


def _usual(report: Report, clock: Clock) -> str:
    parts = [
        f"{count(facts.baseline_prefixes(report, family), f'{FAMILY_NAMES[family]} network')} "
        f"({count(facts.baseline_units(report, family), UNIT_NOUNS[family])})"
        for family in facts.families(report)
    ]
    if not parts or report.baseline.at_us is None:
        return UNKNOWN
    # The yardstick stays in force while nobody watches, but nothing was usual then.
    watched_us = [phase.span.until_us for phase in report.phases if phase.phase != "blind"]
    at_us = min([report.baseline.at_us, *(watched_us and [max(watched_us)])])
    return f"{' and '.join(parts)}, as of {clock.utc(at_us)}"


def _origins(report: Report) -> str:
    names = facts.asn_names(report)
    return listed((as_text(asn, names) for asn in report.baseline.origins or ()), most=10)


def _origin_changes(report: Report, clock: Clock) -> Iterator[str]:
    """Since when others announce a part of it."""
    for family in facts.families(report):
        units = facts.baseline_units(report, family)
        for one in facts.origin_changes(report, family)[: facts.MOST_ORIGIN_CHANGES]:
            before = listed((f"AS{asn}" for asn in one["before"]), most=3)
            since = clock.utc(parse_time(one["since"]))
            yield (
                f"since {since} AS{one['asn']} {one['addresses']:,} of its {units:,} usual "
                f"{plural(UNIT_NOUNS[family], units)}, before that {before}"
                + ("" if one["lasting"] else "; not in the end")
            )


def outage_grid(report: Report, clock: Clock) -> Grid:
    """All outages, a row each, in the report's order."""
    local = _local_heads(clock, "Start", "End")
    several = len({outage.family for outage in report.outages}) > 1
    heads = ("Outage", *(("Family",) if several else ()), "Start (UTC)", "End (UTC)", *local, "Lasted", "Lost")
    rows = []
    for outage in report.outages:
        start, end = outage.start_us, outage.end_us
        lost = "all" if outage.depth == 1 else percent(outage.depth)
        rows.append(
            (
                clean(outage.id, 40),
                *((FAMILY_NAMES[outage.family],) if several else ()),
                "before the window" if start is None else clock.utc_cell(start),
                "not seen" if end is None else clock.utc_cell(end),
                *(clock.local_cell(time) for time in (start, end) if local),
                length_words(report, outage),
                lost,
            )
        )
    # The first column says the family too, where there is no room for one of its own.
    return Grid(heads, rows, frozenset({"Lasted", "Lost"}), frozenset({*local, "Family"}))


def outage_facts(report: Report, outage: Outage, clock: Clock) -> Pairs:
    """One outage in full, as names and values."""
    units, noun = facts.baseline_units(report, outage.family), UNIT_NOUNS[outage.family]
    share = "all" if outage.depth == 1 else f"{percent(outage.depth)} of"
    lost = f"{share} {count(units, noun)} at the worst moment"
    seconds = None if facts.tables_alone(report, outage) else outage.duration_seconds
    exact = f" ({seconds:,.1f}".removesuffix(".0") + " s)" if seconds is not None else ""
    pairs = [
        (
            "Start",
            _crossing(clock, outage.start_us, outage.start_earliest_us, outage.start_latest_us, "before the window"),
        ),
        (
            "End",
            _crossing(
                clock, outage.end_us, outage.end_earliest_us, outage.end_latest_us, _no_end(report, outage, clock)
            ),
        ),
        ("Lasted", length_words(report, outage) + exact),
        ("Lost", lost + ("; at some time no network at all was visible" if outage.complete else "")),
    ]
    if outage.dark:
        name = "Gone at" if facts.tables_alone(report, outage) else "Gone for"
        pairs.append((name, _gone(report, outage)))
    if outage.onset_spread_seconds is not None:
        pairs.append(("Fell within", f"{_spread(outage.onset_spread_seconds)} (from 10% to 90% of what was lost)"))
    if outage.order and facts.start_is_hidden(report, outage):
        names = facts.asn_names(report)
        pairs.append(("Networks lost", listed((as_text(loss.asn, names) for loss in outage.order), most=12)))
    elif outage.order:
        pairs.append(("Order of loss", _order(report, outage, clock)))
    if outage.lead_up:
        lead_up = outage.lead_up
        swings = f"{count(lead_up.crossings, 'swing')} in {clock_duration(lead_up.span)}, {lead_up.trend}"
        pairs.append(("Lead-up", f"{swings}, since {clock.utc(lead_up.span.from_us)}"))
    return pairs + _restoration(report, outage)


def _no_end(report: Report, outage: Outage, clock: Clock) -> str:
    back = facts.lately_back(report, outage)
    return f"not sure: back since {clock.utc(back.from_us, seconds=True)}" if back else "not seen"


def _gone(report: Report, outage: Outage) -> str:
    """How long at most a tenth was left, and for how long of it nothing at all; within the window."""
    outage = replace(
        outage,
        dark=tuple(facts.merged(outage.dark, report.window)),
        none_visible=tuple(facts.merged(outage.none_visible, report.window)),
    )
    gone = f"{clock_total(outage.dark)} in {_stretches(outage.dark)}"
    if facts.tables_alone(report, outage):
        gone = count(len(outage.dark), "moment")
    if facts.nothing_left(outage):
        return f"{gone}, without any visible network"
    nothing = outage.none_visible
    rest = f"; without any visible network for {clock_total(nothing)}, in {_stretches(nothing)}" if nothing else ""
    return f"{gone}, in which at most a tenth of the usual addresses was left{rest}"


def _stretches(spans: Sequence[TimeSpan]) -> str:
    return "1 stretch" if len(spans) == 1 else f"{len(spans):,} stretches"


def _crossing(clock: Clock, time_us: int | None, earliest_us: int | None, latest_us: int | None, unknown: str) -> str:
    words = unknown
    if time_us is not None:
        local = clock.local_words(time_us, seconds=True)
        words = clock.utc(time_us, seconds=True) + (f" ({local})" if local else "")
    if earliest_us is None or latest_us is None or earliest_us == latest_us:
        return words
    earliest = clock.utc_after(earliest_us, earliest_us if time_us is None else time_us, seconds=True)
    return f"{words}; between {earliest} and {clock.utc_after(latest_us, earliest_us, seconds=True)}"


def _order(report: Report, outage: Outage, clock: Clock) -> str:
    names, losses = facts.asn_names(report), sorted(outage.order, key=lambda loss: loss.lost_at_us)
    first = losses[0].lost_at_us
    told = (f"{as_text(loss.asn, names)} {_after(clock, loss.lost_at_us, first)}" for loss in losses)
    return listed(told, most=12)


def _after(clock: Clock, time_us: int, first_us: int) -> str:
    if time_us == first_us:
        return clock.utc(time_us, seconds=True)
    return f"{duration(time_us - first_us)} later"


def _restoration(report: Report, outage: Outage) -> Pairs:
    restored, names = outage.restoration, facts.asn_names(report)
    if restored is None:
        return []
    pairs = []
    if restored.spread_seconds is not None:
        pairs.append(("Back within", f"{_spread(restored.spread_seconds)} (from 10% to 90% of what came back)"))
    before, after = (
        listed((as_text(asn, names) for asn in asns), most=10)
        or (UNKNOWN if restored.same_providers is None else "many with small parts each")
        for asns in (restored.providers_before, restored.providers_after)
    )
    verdict = {True: " (the same)", False: " (not the same)", None: ""}[restored.same_providers]
    return [*pairs, ("Providers", f"before {before}; after {after}{verdict}")]


def _spread(seconds: float) -> str:
    return duration(round(seconds * SECOND_US)) if seconds >= 1 else "under 1 s"


def phase_grid(report: Report, clock: Clock) -> Grid:
    """All phases in order of time, a row each."""
    local = _local_heads(clock, "From", "Until")
    several = len({phase.family for phase in report.phases}) > 1
    family_head = ("Family",) if several else ()
    reasons = ("Why",) if any(phase.reason for phase in report.phases) else ()
    heads = (*family_head, "Phase", "From (UTC)", "Until (UTC)", *local, "Length", "Networks", "Addresses", *reasons)

    def row(phase: Phase) -> tuple[str, ...]:
        edges = (phase.span.from_us, phase.span.until_us)
        return (
            *((FAMILY_NAMES[phase.family],) if several else ()),
            phase.phase,
            *(clock.utc_cell(edge) for edge in edges),
            *(clock.local_cell(edge) for edge in edges if local),
            clock_duration(phase.span),
            between(phase.prefixes_visible_min, phase.prefixes_visible_max),
            between(phase.addresses_min, phase.addresses_max) + _unit_mark(phase),
            *(clean(phase.reason or "") for _ in reasons),
        )

    ordered = sorted(report.phases, key=lambda phase: (phase.family, phase.span))
    return Grid(
        heads,
        [row(phase) for phase in ordered],
        frozenset({"Length", "Networks", "Addresses"}),
        frozenset((*local, *reasons)),
    )


def phase_words(report: Report) -> dict[str, str]:
    """What those phases mean that occur."""
    present = {phase.phase for phase in report.phases}
    return {name: words for name, words in PHASE_WORDS.items() if name in present}


def _unit_mark(phase: Phase) -> str:
    return " /48s" if phase.family == "ipv6" and phase.addresses_min is not None else ""


def gap_grid(report: Report, clock: Clock) -> Grid:
    """Data that are missing, whatever the effect."""
    rows = [
        (
            clean(gap.collector, 40),
            clock.utc_cell(gap.span.from_us),
            clock.utc_cell(gap.span.until_us),
            clean(gap.reason),
        )
        for gap in report.coverage.gaps
    ]
    return Grid(("Collector", "Missing from (UTC)", "Until (UTC)", "Why"), rows)


def evidence_grid(report: Report) -> Grid:
    """What the numbers rest on."""
    rows = [
        (clean(item.id, 60), clean(item.statement), clean(_value(item.value), 200), clean(item.source, 80))
        for item in report.evidence
    ]
    return Grid(("Id", "Statement", "Value", "Source"), rows)


def _value(value: Any) -> str:
    """A value of any type, as people write it."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.6g}"
        case dict() | list() | tuple():
            return _inside(value) or "none"
    return str(value)


def _inside(value: Any) -> str:
    """A value within another: numbers as they are, since many are AS numbers."""
    match value:
        case None | bool():
            return _value(value)
        case float():
            return f"{value:.6g}"
        case dict():
            return ", ".join(f"{str(key).replace('_', ' ')} {_within(item)}" for key, item in value.items())
        case list() | tuple():
            return listed((_within(item) for item in value), most=10)
    return str(value)


def _within(value: Any) -> str:
    """The same as a part of a longer list, where what has parts itself needs brackets."""
    words = _inside(value)
    has_parts = isinstance(value, dict | list | tuple) and len(value) > 1
    return f"({words})" if has_parts else words or "none"


def input_grid(report: Report, clock: Clock) -> Grid:
    """Files that were read."""

    def times(span: TimeSpan | None, edge: Callable[[TimeSpan], int]) -> str:
        return clock.utc_cell(edge(span) if span else None)

    rows = [
        (
            clean(item.name, 80),
            f"{item.bytes:,}",
            f"{item.records:,}",
            times(item.span, lambda span: span.from_us),
            times(item.span, lambda span: span.until_us),
            clean(item.sha256, 64),
        )
        for item in report.inputs
    ]
    heads = ("File", "Bytes", "Records", "First record (UTC)", "Last record (UTC)", "SHA-256")
    return Grid(heads, rows, frozenset({"Bytes", "Records"}))


def threshold_pairs(report: Report) -> Pairs:
    """Every number that decided something, with its unit."""
    return [
        (clean(name.removesuffix("_us"), 60).replace("_", " "), _threshold(name, value))
        for name, value in report.software.thresholds.items()
    ]


def _threshold(name: str, value: float) -> str:
    if name.endswith("_us") and value == int(value):
        return duration(int(value))
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def coverage_words(report: Report) -> str:
    """How complete the data were, in a sentence."""
    gaps = report.coverage.gaps
    if not gaps:
        return "No data are known to be missing."
    missing = facts.merged((gap.span for gap in gaps), report.window)
    total = duration(sum(span.duration_us for span in missing))
    collectors = {gap.collector for gap in gaps}
    return (
        f"{count(len(gaps), 'gap')} at {count(len(collectors), 'collector')}, touching {total} of the window. "
        "A gap at one collector need not blind the rest."
    )


def _local_heads(clock: Clock, *names: str) -> tuple[str, ...]:
    return tuple(f"{name} ({clock.capital})" for name in names) if clock.place else ()

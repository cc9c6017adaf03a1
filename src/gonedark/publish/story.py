"""What follows the headline: other outages, the lead-up, the return, the order of losses, what was not seen.

Begin with :func:`sentences`; and :func:`limits`, what the data cannot show. Plain sentences, each true by itself.
Patterns are told, never who or why.
"""

from collections.abc import Iterator

from gonedark.model.gravity import gravest
from gonedark.model.prefix import Family
from gonedark.model.report import Outage, Report
from gonedark.model.time import DAY_US, MINUTE_US, SECOND_US, TimeSpan, parse_time, to_datetime
from gonedark.publish import facts
from gonedark.publish.quiet import unsettled
from gonedark.publish.words import (
    FAMILY_NAMES,
    UNIT_NOUNS,
    Clock,
    as_text,
    clean,
    clock_duration,
    clock_total,
    count,
    duration,
    is_precise,
    listed,
    percent,
    plural,
)

_MOST_NETWORKS = 3
_TRENDS = {"worsening": "and growing worse", "steady": "without a trend", "improving": "and growing better"}


def sentences(report: Report, clock: Clock) -> Iterator[str]:
    """Sentences after the first, most important first."""
    main = gravest(report)
    if main:
        yield from _others(report, main)
        yield from _timetable(report, main)
        yield from _settled(report, main, clock)
        yield from _lead_up(main, clock)
        yield from _moments_of_return(report, main, clock)
        yield from _strangers(report, main.family, clock)
        yield from _return(report, main)
        yield from _order(report, main, clock)
        yield from _undecided(report, clock)
    yield from _second_family(report, main, clock)
    yield from _seen_by_fewer(report, clock)
    yield from _missing_networks(report, clock)
    yield from _detours(report, clock)
    yield from _unstable(report)
    yield from _blind(report, clock)


def _others(report: Report, main: Outage) -> Iterator[str]:
    alike = [outage for outage in report.outages if outage.family == main.family]
    if len(alike) > 1:
        together = _together(report, alike)
        lasted = f"; together they lasted {together}" if together else ""
        yield f"It was the gravest of {len(alike)} outages in this window{lasted}."


def _timetable(report: Report, main: Outage) -> Iterator[str]:
    """Outages that began when the main one did, on other days: when they began and ended by the clock."""
    if report.cause is None or "daily-window" not in report.cause.patterns:
        return
    near_us = int(report.cause.limits.get("repeat_seconds", 0) * SECOND_US)
    alike = [
        outage
        for outage in report.outages
        if outage.family == main.family and _clock_apart(outage.start_us, main.start_us, near_us) is not None
    ]
    if len({round((outage.start_us or 0) / DAY_US) for outage in alike}) < max(2, len(alike)):
        return
    began = _at_clock([outage.start_us for outage in alike], near_us)
    ended = _at_clock([outage.end_us for outage in alike], near_us)
    kept = f", and ended {ended}" if ended else ""
    yield f"{len(alike)} outages of different days began {began}{kept}."


def _clock_apart(time_us: int | None, other_us: int | None, near_us: int) -> int | None:
    """How much later by the clock (UTC) a moment is; None where unknown or not near."""
    if time_us is None or other_us is None or near_us <= 0:
        return None
    apart = (time_us - other_us + DAY_US // 2) % DAY_US - DAY_US // 2
    return apart if abs(apart) <= near_us else None


def _at_clock(times: list[int | None], near_us: int) -> str:
    """``between 18:30 and 18:31 UTC``; empty where the moments are not near each other by the clock."""
    apart = [_clock_apart(time_us, times[0], near_us) for time_us in times]
    if times[0] is None or None in apart:
        return ""
    known = [value for value in apart if value is not None]
    first, last = (f"{to_datetime(times[0] + value):%H:%M}" for value in (min(known), max(known)))
    return f"at {first} UTC" if first == last else f"between {first} and {last} UTC"


def _settled(report: Report, outage: Outage, clock: Clock) -> Iterator[str]:
    still = facts.settled(report, outage)
    if still:
        since = clock.utc(parse_time(still["since"]))
        yield (
            f"What was left has hardly changed since {since}; addresses that were given up for good would look the "
            "same."
        )


def _lead_up(outage: Outage, clock: Clock) -> Iterator[str]:
    if outage.lead_up:
        span, swings = outage.lead_up.span, outage.lead_up.crossings
        yield (
            f"Before it, from {clock.utc(span.from_us)} on, its routes had been unstable for "
            f"{clock_duration(span)}: {count(swings, 'swing')} down or up, {_TRENDS[outage.lead_up.trend]}."
        )


def _strangers(report: Report, family: Family, clock: Clock) -> Iterator[str]:
    """Who announced the country when it was seen again, where that is nobody of it: no return of its own, it may be."""
    usual = facts.baseline_units(report, family)
    for one in facts.strangers(report, family)[:_MOST_NETWORKS]:
        yield (
            f"While they were gone, AS{one['asn']}, not registered in the country, came to announce "
            f"{one['addresses']:,} of its {usual:,} usual {plural(UNIT_NOUNS[family], usual)} "
            f"({clock.utc(parse_time(one['since']))}): that outage's end need not be the country's own return."
        )


def _moments_of_return(report: Report, outage: Outage, clock: Clock) -> Iterator[str]:
    """When as much as usual was there within an outage, so briefly watched that it ends nothing."""
    until_us = report.window.until_us if outage.end_us is None else outage.end_us
    within = TimeSpan(facts.seen_span(report, outage).from_us, until_us)
    seen = [phase for phase in facts.returns(report, outage.family) if phase.span.overlap(within)]
    if seen:
        times = listed((clock.utc(phase.span.from_us) for phase in seen), most=4)
        yield (
            f"At {times} as much as usual was visible; whether it had returned for longer is not known, since nobody "
            "watched before and after."
        )


def _return(report: Report, outage: Outage) -> Iterator[str]:
    if outage.end_us is None or outage.restoration is None:
        return
    names, restored = facts.asn_names(report), outage.restoration
    before = listed(as_text(asn, names) for asn in restored.providers_before)
    after = listed(as_text(asn, names) for asn in restored.providers_after)
    if restored.same_providers and after:
        noun = "provider" if len(restored.providers_after) == 1 else "providers"
        yield f"It came back through the same {noun} as before, {after}."
    elif restored.same_providers is False and before and after:
        yield f"It came back through {after}; before, it had been connected through {before}."


def _order(report: Report, outage: Outage, clock: Clock) -> Iterator[str]:
    losses, names = sorted(outage.order, key=lambda loss: loss.lost_at_us), facts.asn_names(report)
    if len(losses) == 1 and len(report.baseline.origins or ()) > 1:
        yield f"One origin network (AS) alone lost at least half of its addresses: {as_text(losses[0].asn, names)}."
    if facts.start_is_hidden(report, outage) or len(losses) < 2 or losses[-1].lost_at_us == losses[0].lost_at_us:
        return
    first, last = losses[0], losses[-1]
    spread = outage.onset_spread_seconds
    took = duration(round(spread * SECOND_US)) if spread else ""
    most = f"The loss grew from a tenth to nine tenths within {took}. " if took else ""
    yield (
        f"{most}{len(losses):,} origin networks (ASes) lost at least half of their addresses: first "
        f"{as_text(first.asn, names)} at {clock.utc(first.lost_at_us, seconds=True)}, last "
        f"{as_text(last.asn, names)} at {clock.utc_after(last.lost_at_us, first.lost_at_us, seconds=True)}."
    )


def _second_family(report: Report, main: Outage | None, clock: Clock) -> Iterator[str]:
    for family in facts.families(report):
        if main is None or family == main.family:
            continue
        others = [outage for outage in report.outages if outage.family == family]
        label = FAMILY_NAMES[family]
        if others:
            worst = max(others, key=lambda outage: outage.depth)
            lost = "all" if worst.depth == 1 else f"up to {percent(worst.depth)}"
            yield f"In {label} it lost {lost} of its addresses{_when(report, others, clock)}."
        elif not facts.watched_span(report, family):
            yield f"About {label} nothing can be said."
        else:
            hidden = facts.blind_us(report, family, report.window)
            yield f"In {label} no outage was seen" + (
                f", as far as it was watched (not for {duration(hidden)})." if hidden else "."
            )


def _undecided(report: Report, clock: Clock) -> Iterator[str]:
    """Losses beside the outages of which nobody knows how long they lasted."""
    for family in facts.families(report):
        for words in unsettled(report, family, clock):
            yield f"{words}."


def _seen_by_fewer(report: Report, clock: Clock) -> Iterator[str]:
    """What a part of those that watched lost, and most did not."""
    for family in facts.families(report):
        one = facts.seen_by_fewer(report, family)
        if one:
            first_us, units = parse_time(one["from"]), facts.baseline_units(report, family)
            yield (
                f"From {clock.utc(first_us)} until {clock.utc_after(parse_time(one['until']), first_us)} more than "
                f"{percent(1 - facts.early_share(report))} of the networks that watched did not see up to "
                f"{one['addresses']:,} of its {count(units, UNIT_NOUNS[family])}, which most went on seeing: it may "
                "have been cut off from a part of the Internet."
            )


def _when(report: Report, outages: list[Outage], clock: Clock) -> str:
    """From when until when, of a single outage; of several how many, and how long together."""
    together = _together(report, outages)
    if len(outages) > 1 or not together:
        return f" ({count(len(outages), 'outage')}{f', {together} in all' if together else ''})"
    (outage,), span = outages, facts.seen_span(report, outages[0])
    is_over = outage.end_us is not None or facts.lately_back(report, outage) is not None
    earlier = " or earlier" if facts.end_is_hidden(report, outage) else ""
    if outage.start_us is None:
        return ", already when the window began and " + (
            f"until {clock.utc(span.until_us)}{earlier}" if is_over else "to the end"
        )
    until = f" until {clock.utc_after(span.until_us, span.from_us)}{earlier}" if is_over else " on"
    hidden = " or earlier" if facts.start_is_hidden(report, outage) else ""
    return f", from {clock.utc(span.from_us)}{hidden}{until}"


def _missing_networks(report: Report, clock: Clock) -> Iterator[str]:
    """Networks that were gone as a whole while the country was not, or not for so long."""
    names = facts.asn_names(report)
    for family in facts.families(report):
        label = f"{FAMILY_NAMES[family]} " if len(facts.families(report)) > 1 else ""
        for one in facts.missing_networks(report, family)[:_MOST_NETWORKS]:
            first_us = parse_time(one["from"])
            ended = f"until {clock.utc_after(parse_time(one['until']), first_us)}" if one["until"] else "on, to the end"
            share = percent(one["addresses"] / one["usual"])
            until_us = parse_time(one["until"]) if one["until"] else report.window.until_us
            within = TimeSpan(first_us, until_us)
            mine = (facts.seen_span(report, outage) for outage in report.outages if outage.family == family)
            brief = any(span.overlap(within) for span in mine)
            rest = "the country was for less than half of that time" if brief else "the country was not"
            yield (
                f"{as_text(one['asn'], names)}, with {share} of the country's {label}addresses, was gone as a whole "
                f"from {clock.utc(first_us)} {ended}; {rest}."
            )


def _detours(report: Report, clock: Clock) -> Iterator[str]:
    """Other providers that carried most of the country for a time."""
    names = facts.asn_names(report)
    for family in facts.families(report):
        for one in facts.detours(report, family)[:_MOST_NETWORKS]:
            first_us = parse_time(one["from"])
            yield (
                f"From {clock.utc(first_us)} until {clock.utc_after(parse_time(one['until']), first_us)} up to "
                f"{percent(one['share'])} of its {FAMILY_NAMES[family]} routes led over {as_text(one['asn'], names)}, "
                "which carried next to none of them when the window begins and ends: a route leak, a hijack with a "
                "forged origin and a spare line in use look alike."
            )


def _together(report: Report, outages: list[Outage]) -> str:
    """How long they were together, as far as it was watched; nothing where tables alone show one of them."""
    if any(facts.tables_alone(report, outage) for outage in outages):
        return ""
    spans = [facts.seen_span(report, outage) for outage in outages]
    pairs = zip(outages, spans, strict=True)
    blind_us = sum(facts.blind_us(report, outage.family, span) for outage, span in pairs)
    if blind_us < MINUTE_US:
        return clock_total(spans)
    return f"at least {duration(facts.total_us(spans) - blind_us)}"


def _unstable(report: Report) -> Iterator[str]:
    for family in facts.families(report):
        mine = [outage for outage in report.outages if outage.family == family]
        told = [outage.lead_up.span for outage in mine if outage.lead_up]
        spans = [phase.span for phase in facts.phases_of(report, family, "unstable")]
        spans = [span for span in spans if not any(span.overlap(lead_up) for lead_up in told)]
        if spans:
            total = duration(sum(span.duration_us for span in spans))
            rest = "at other times than its outages" if mine else "without an outage"
            yield f"Its {FAMILY_NAMES[family]} routes were unstable for {total}, {rest}."


def _blind(report: Report, clock: Clock) -> Iterator[str]:
    for family in facts.families(report):
        unseen = facts.unannounced_span(report, family)
        seen = [*facts.glimpses(report, family), *facts.returns(report, family)]
        phases = [item for item in facts.phases_of(report, family, "blind") if item.span != unseen and item not in seen]
        if not phases or not facts.watched_span(report, family):
            continue
        longest = max(phases, key=lambda phase: phase.span.duration_us)
        reason = f": {clean(longest.reason)}" if longest.reason else ""
        span, more = longest.span, count(len(phases) - 1, "other stretch").replace("stretchs", "stretches")
        about = f" about {FAMILY_NAMES[family]}" if len(facts.families(report)) > 1 else ""
        also = f" (and {more})" if len(phases) > 1 else ""
        seconds = is_precise(span)
        yield (
            f"Nothing can be said{about} from {clock.utc(span.from_us, seconds=seconds)} until "
            f"{clock.utc_after(span.until_us, span.from_us, seconds=seconds)}{also}{reason}."
        )


def limits(report: Report) -> list[str]:
    """What this report cannot show, in sentences; those that always hold first."""
    items = [
        "Who or what caused it, and why. Routing data show that routes disappeared; they do not speak to motives, and "
        "do not tell human action from technical failure.",
        "Whether people could use what was there. A visible route does not prove that traffic flowed: filtering, "
        "throttling, mobile networks switched off or broken name servers leave routes in place.",
        "Regions, cities and single operators' customers, and networks on addresses delegated to other countries, such "
        "as satellite links.",
    ]
    if any(len(item.restoration.providers_before) == 1 for item in report.outages if item.restoration):
        items.append(
            "Which side of the only outside connection closed it: a provider that cuts a line, a customer that shuts "
            "down, a cut cable and a router without power look the same from outside."
        )
    if report.users is None:
        items.append("How many people were affected: not estimated here.")
    if any(phase.phase == "blind" for phase in report.phases):
        items.append("Anything while it was blind: missing data are neither an outage nor the absence of one.")
    return items

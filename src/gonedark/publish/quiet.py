"""The headline where no outage was seen: what stayed, what was there for moments, what grew or went little by little.

Begin with :func:`of_no_outage`. What is said of an outage is in :mod:`gonedark.publish.headline`.
"""

from collections.abc import Sequence

from gonedark.model.prefix import Family
from gonedark.model.report import Phase, Report
from gonedark.model.time import TimeSpan, parse_time
from gonedark.publish import facts
from gonedark.publish.words import (
    FAMILY_NAMES,
    UNIT_NOUNS,
    Clock,
    clean,
    clock_total,
    count,
    duration,
    is_precise,
    listed,
    percent,
    plural,
)


def everything(report: Report, family: Family, kind: str = "") -> str:
    """``all 4 of its networks (1,024 addresses)``; of a kind, as ``usual ``."""
    prefixes, units = facts.baseline_prefixes(report, family), facts.baseline_units(report, family)
    network = f"{kind}IPv6 network" if family == "ipv6" else f"{kind}network"
    size = f"({count(units, UNIT_NOUNS[family])})"
    if prefixes <= 2:
        return f"its only {network} {size}" if prefixes == 1 else f"both of its {network}s {size}"
    return f"all {prefixes:,} of its {network}s {size}"


def of_no_outage(report: Report, clock: Clock) -> tuple[str, str]:
    """Title and detail of a window without an outage that could be watched at some time."""
    name = clean(report.country.name)
    watched = {family: span for family in facts.families(report) if (span := facts.watched_span(report, family))}
    unseen = {family: facts.unannounced_span(report, family) for family in watched}
    hidden = max((_hidden(report, family, unseen[family]) for family in watched), key=facts.total_us)
    span = TimeSpan(min(item.from_us for item in watched.values()), max(item.until_us for item in watched.values()))
    times = f"from {clock.utc(span.from_us)} until {clock.utc(span.until_us)}"
    if is_precise(span):
        times = f"from {clock.utc(span.from_us, seconds=True)} until {clock.utc(span.until_us, seconds=True)}"
    rest = f"; for {clock_total(hidden)} of the window nothing can be said" if hidden else ""
    grown = {family: words for family in watched if (words := _grown(report, family, clock))}
    less = {family: words for family in watched if (words := _declined(report, family, clock))}
    brief = {family: words for family in watched if (words := "; ".join(undecided(report, family, clock)))}
    told = grown.keys() | less.keys() | brief.keys()
    dips = {family: words for family in watched if family not in told and (words := _dip(report, family))}
    stayed = listed(_stayed(report, family) for family in watched if family not in dips and family not in told)
    watching = ", as far as anybody watched," if any(item.overlap(span) for item in hidden) else ""
    seen = [f"{stayed} stayed visible{watching} {times}"] if stayed else []
    few = filter(None, (minority(report, family, clock) for family in watched))
    before = list(filter(None, (gone_before(report, family, clock) for family in watched)))
    seen = [*less.values(), *grown.values(), *brief.values(), *seen, *few, *before]
    if dips:
        seen = [f"{listed(dips.values())}, but {_too_short(report, list(dips))} ({times})", *seen]
    first = [span for span in unseen.values() if span]
    if first and len(first) == len(watched):
        none = TimeSpan(min(span.from_us for span in first), min(span.until_us for span in first))
        words = f"nothing of it was announced from {clock.utc(none.from_us)} until "
        words += f"{clock.utc_after(none.until_us, none.from_us)}, and whether anything had been before is not known"
        return f"Nothing of {name} was on the Internet when the data begin", f"{'; '.join([words, *seen])}{rest}."
    part = any(facts.missing_networks(report, family) for family in watched)
    new = "new " if grown or before else "national " if part else ""
    kind = "sudden " if less else "lasting " if dips or brief else new
    title = f"No {kind}Internet outage was seen in {name}" + (" while it could be watched" if hidden else "")
    title = missing(report, list(watched), clock) or title
    return title, f"{'; '.join(seen)}{rest}."


def _hidden(report: Report, family: Family, unseen: TimeSpan | None) -> list[TimeSpan]:
    """Stretches of which nothing can be said; that nothing was announced can be said."""
    spans = facts.blind_spans(report, family, report.window)
    return [span for span in spans if unseen is None or span.overlap(unseen) is None]


def missing(report: Report, watched: list[Family], clock: Clock) -> str:
    """The title where nothing of a family was visible at moments before and after which nobody could watch."""
    none = {
        family: [seen.span.from_us for seen in facts.glimpses(report, family) if not seen.prefixes_visible_max]
        for family in watched
    }
    first = next((family for family in watched if none[family]), None)
    if first is None:
        return ""
    alike = watched != ["ipv6"] and all(none[family] == none[first] for family in watched)
    label = "" if alike else f"{FAMILY_NAMES[first]} "
    return f"{clean(report.country.name)} was missing from the {label}routing tables of {moments(none[first], clock)}"


def moments(times: Sequence[int], clock: Clock, some: str = "") -> str:
    """``2014-12-22 16:00 UTC and 00:00 UTC the next day``; of more than two the first, the last and how many."""
    edges = listed([clock.utc(times[0]), clock.utc_after(times[-1], times[0])][: len(times)])
    return f"{some}{len(times):,} moments between {edges}" if len(times) > 2 else edges


def undecided(report: Report, family: Family, clock: Clock) -> list[str]:
    """What was missing at moments, next to time that nobody watched, and in the end: how long nobody knows."""
    told = (words(report, family, clock) for words in (glimpse, half_seen, lately))
    return [words for words in told if words]


def unsettled(report: Report, family: Family, clock: Clock) -> list[str]:
    """These, what too few saw, and an outage before the window, as sentences without their full stops."""
    others = minority(report, family, clock), gone_before(report, family, clock)
    return [words[:1].upper() + words[1:] for words in (*undecided(report, family, clock), *others) if words]


def half_seen(report: Report, family: Family, clock: Clock) -> str:
    """How little was there right before or after blind time, for too short to be called an outage; else nothing."""
    found = facts.half_seen(report, family)
    if not found:
        return ""
    spans = [(parse_time(one["from"]), parse_time(one["until"])) for one in found]
    times = listed(
        f"from {clock.utc(begun_us, seconds=True)} until {clock.utc_after(ended_us, begun_us, seconds=True)}"
        for begun_us, ended_us in spans
    )
    least = min(found, key=lambda one: one["addresses"])
    left = _left(report, family, least["prefixes"], least["addresses"])
    unwatched = listed(side for side in ("before", "after") if any(one["unwatched"] in (side, "both") for one in found))
    return f"{times} {left}; for how long is not known, since nobody could watch {unwatched}"


def minority(report: Report, family: Family, clock: Clock) -> str:
    """How little fewer than half of the expected voters saw; nothing where they saw all of it."""
    few = facts.seen_by_minority(report, family)
    if few is None:
        return ""
    span = TimeSpan(parse_time(few["from"]), parse_time(few["until"]))
    seconds = is_precise(span)
    until = clock.utc_after(span.until_us, span.from_us, seconds=seconds)
    times = f"between {clock.utc(span.from_us, seconds=seconds)} and {until}"
    left = _left(report, family, few["prefixes"], few["addresses"])
    return (
        f"{times}, while only {few['voters']:,} of {few['expected']:,} networks that usually watch could be asked, at "
        f"the worst moment {left} to these; they are too few to tell a loss"
    )


def gone_before(report: Report, family: Family, clock: Clock) -> str:
    """An outage before the window of which the window shows nothing; nothing where there was none."""
    gone = facts.gone_before(report, family)
    if gone is None:
        return ""
    from_us, until_us = parse_time(gone["from"]), parse_time(gone["until"])
    words = f"less than usual had been visible from {clock.utc(from_us)} until {clock.utc_after(until_us, from_us)}"
    if gone["back"] == gone["until"]:
        return f"{words}, before the window, and whether what came back then lasts is not known"
    return f"{words}, before the window, and when that ended is not known"


def lately(report: Report, family: Family, clock: Clock) -> str:
    """How little was there in the end, for too short to be called an outage; nothing where nothing was missing."""
    late = facts.lately_lost(report, family)
    if late is None:
        return ""
    from_us, until_us = parse_time(late["from"]), parse_time(late["until"])
    ended = "the window ended" if until_us == report.window.until_us else "watching ended"
    left = _left(report, family, late["prefixes"], late["addresses"])
    since = clock.utc(from_us, seconds=True) + (" or earlier" if late["hidden"] else "")
    whether = "whether that lasts for as long as an outage takes is not known"
    return f"when {ended} at {clock.utc(until_us)} {left}, since {since}; {whether}"


def glimpse(report: Report, family: Family, clock: Clock) -> str:
    """How little was there at moments before and after which nobody could watch; nothing where there were none."""
    found = facts.glimpses(report, family)
    if not found:
        return ""
    least = min(found, key=lambda phase: (phase.addresses_min or 0, phase.span.from_us))
    more = f", and too little at {count(len(found) - 1, 'other moment')}" if len(found) > 1 else ""
    left = _left(report, family, least.prefixes_visible_min or 0, least.addresses_min or 0)
    times = f"at {clock.utc(least.span.from_us)} {left}{more}"
    there = _around(report, family, least, clock)
    return f"{times}; for how long is not known, since nobody could watch before and after{there}"


def _around(report: Report, family: Family, moment: Phase, clock: Clock) -> str:
    """When it was last seen there before a moment, and first after it, with nothing but blind time between."""
    phases = [phase for phase in facts.phases_of(report, family) if phase.phase != "blind" or phase == moment]
    at = phases.index(moment)
    if not (0 < at < len(phases) - 1) or {phases[at - 1].phase, phases[at + 1].phase} != {"normal"}:
        return ""
    before_us, after_us = phases[at - 1].span.until_us, phases[at + 1].span.from_us
    return f": it was there at {clock.utc(before_us)} and again at {clock.utc_after(after_us, before_us)}"


def _dip(report: Report, family: Family) -> str:
    """How little was there in a loss that did not last; nothing where there was none."""
    units = facts.baseline_units(report, family)
    least = min(facts.numbers(phase.addresses_min for phase in facts.phases_of(report, family)), default=units)
    if least >= facts.full_share(report) * units:
        return ""
    fewest = min(facts.numbers(phase.prefixes_visible_min for phase in facts.phases_of(report, family)), default=0)
    return f"at the worst moment {_left(report, family, fewest, least)}"


def _too_short(report: Report, dips: Sequence[Family]) -> str:
    """Why losses were no outages: in an unstable period these take longer than elsewhere."""
    if not any(facts.phases_of(report, family, "unstable") for family in dips):
        return "not for as long as an outage takes"
    return f"for under {duration(facts.outage_inside_unstable_us(report))} each time, while its routes were unstable"


def _left(report: Report, family: Family, prefixes: int, addresses: int) -> str:
    """``none of its 4 networks was visible``, ``only 256 of its 1,024 addresses were visible``."""
    usual, units = facts.baseline_prefixes(report, family), facts.baseline_units(report, family)
    networks = count(usual, "IPv6 network" if family == "ipv6" else "network")
    if not prefixes:
        return "its only network was not visible" if usual == 1 else f"none of its {networks} was visible"
    return f"only {addresses:,} of its {count(units, UNIT_NOUNS[family])} were visible"


def _grown(report: Report, family: Family, clock: Clock) -> str:
    """How little was there when the data begin, where more is usual later; nothing elsewhere."""
    found = facts.growth(report, family)
    if found is None:
        return ""
    first, since = count(int(found["first"]), UNIT_NOUNS[family]), clock.utc(parse_time(found["since"]))
    return (
        f"when the data begin only {first} of it were visible, since {since} up to {int(found['usual']):,}; whether "
        "the rest was new or had been down before is not known"
    )


def _declined(report: Report, family: Family, clock: Clock) -> str:
    """How much was lost little by little; nothing where nothing was."""
    found = facts.decline(report, family)
    if found is None:
        return ""
    usual, fewest, last = int(found["usual"]), int(found["fewest"]), int(found["last"])
    first_us, until_us = parse_time(found["from"]), parse_time(found["until"])
    back = "" if last == fewest else f" ({last:,} in the end)"
    return (
        f"{percent((usual - fewest) / usual)} of its usual {plural(UNIT_NOUNS[family], usual)} went little by little, "
        f"from {usual:,} to {fewest:,}{back}, between {clock.utc(first_us)} and {clock.utc_after(until_us, first_us)}; "
        "whether they were given up or lost is not known"
    )


def _stayed(report: Report, family: Family) -> str:
    """What was visible all the time that could be watched."""
    usual = facts.baseline_prefixes(report, family)
    seen = facts.numbers(phase.prefixes_visible_min for phase in facts.phases_of(report, family))
    fewest = min(seen, default=usual)
    if fewest >= usual:
        return everything(report, family)
    version = "IPv6 " if family == "ipv6" else ""
    return f"at least {fewest:,} of its {count(usual, f'{version}network')}"

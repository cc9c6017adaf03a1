"""The sentence a newspaper can quote: what happened, to how much of the country, from when until when, how sure.

Begin with :func:`headline`. The wording follows what is known and no further: nobody is called cut off while nobody
could look, no actor and no motive is ever named, an open end is told as one. The sentences after it are in ``story``.
"""

from dataclasses import dataclass

from gonedark.model.gravity import gravest
from gonedark.model.place import Place
from gonedark.model.report import Outage, Report
from gonedark.model.time import MINUTE_US, TimeSpan
from gonedark.publish import facts
from gonedark.publish.quiet import everything, gone_before, minority, missing, moments, of_no_outage, undecided
from gonedark.publish.story import sentences
from gonedark.publish.words import (
    FAMILY_NAMES,
    UNIT_NOUNS,
    Clock,
    clean,
    clock_duration,
    clock_total,
    count,
    duration,
    is_precise,
    listed,
    percent,
)

_LOOSE_US = 10 * MINUTE_US


@dataclass(frozen=True, slots=True)
class Headline:
    """``title``: one line. ``sentence``: the quotable one. ``detail``: the sentence without what the title says.

    ``more``: what follows, sentence by sentence.
    """

    title: str
    sentence: str
    detail: str
    more: tuple[str, ...]


def headline(report: Report, place: Place | None) -> Headline:
    """The headline of a report, with local times where a place is given. Raises ValueError for an unknown zone."""
    clock = Clock(place)
    outage = gravest(report)
    if outage is not None:
        title, detail = of_outage(report, outage, clock)
    elif any(facts.watched_span(report, family) for family in facts.families(report)):
        title, detail = of_no_outage(report, clock)
    else:
        title, detail = _of_nothing_seen(report, clock)
    rebuilt = "Reconstruction: " if report.kind == "reconstruction" else ""
    whole = f"{rebuilt}{title}: {detail}"
    return Headline(title, whole, detail[:1].upper() + detail[1:], tuple(sentences(report, clock)))


def of_outage(report: Report, outage: Outage, clock: Clock) -> tuple[str, str]:
    """Title and detail of one outage."""
    if facts.tables_alone(report, outage):
        return of_tables(report, outage, clock)
    title = f"{clean(report.country.name)} {what_happened(report, outage)} {_for_how_long(report, outage)}"
    when = _when(report, outage, clock)
    kept = ""
    if outage.is_seen_by_some:
        kept = f"; {_kept(report)}"
    if facts.nothing_left(outage):
        here = " from most of the networks that watched," if kept else ""
        return title, f"{_all(report, outage)} unreachable{here} {_within(report, outage, clock)}{when}{kept}."
    return title, f"{when}; {_at_worst(report, outage, clock)}{kept}."


def what_happened(report: Report, outage: Outage) -> str:
    """``was off the Internet``, ``lost 3 of its 4 networks``: the verb of the title."""
    family, network = outage.family, _network(report, outage)
    if outage.dark and outage.is_seen_by_some:
        return f"was cut off from most of the {network}Internet"
    if outage.dark:
        almost = "" if facts.nothing_left(outage) else "almost entirely "
        return f"was {almost}off the {network}Internet"
    lost = facts.baseline_prefixes(report, family) - (facts.fewest_visible(report, outage) or 0)
    verb = "lacked" if facts.tables_alone(report, outage) or _is_a_rest(report, outage) else "lost"
    if facts.tells_counts(report, family) and lost > 0:
        return f"{verb} {lost} of its {count(facts.baseline_prefixes(report, family), f'{network}network')}"
    return f"{verb} up to {percent(outage.depth)} of its {network}Internet addresses"


def _kept(report: Report) -> str:
    share = percent(facts.late_share(report))
    return f"{share} of the networks that watched, or more, went on seeing nearly all of it"


def of_tables(report: Report, outage: Outage, clock: Clock) -> tuple[str, str]:
    """Title and detail of an outage that only tables show: at which moments, and how long it was if without a break."""
    seen = facts.tables_alone(report, outage)
    gone = [moment for moment in seen if facts.overlap_us(outage.dark, moment)] or seen
    missing = facts.nothing_left(outage) and not outage.is_seen_by_some
    verb = f"was missing from the {_network(report, outage)}" if missing else f"{what_happened(report, outage)} in the "
    times = moments([moment.from_us for moment in gone], clock, "all " if gone == seen else "")
    title = f"{clean(report.country.name)} {verb}routing tables of {times}"
    left = f"{_all(report, outage)} unreachable" if missing else _at_worst(report, outage, clock)
    local = clock.local_words(gone[0].from_us)
    where = f" (the first table at {local})" if local else ""
    kept = f"; {_kept(report)}" if outage.is_seen_by_some else ""
    return title, f"{left}{where}{kept}; {_between_tables(report, outage, clock)}."


def _between_tables(report: Report, outage: Outage, clock: Clock) -> str:
    """What is known of the time between tables: when all was as usual, and for how long it may have been gone."""
    span = facts.seen_span(report, outage)
    earliest, end = outage.start_earliest_us, clock.utc_after(span.until_us, span.from_us)
    before = _before(outage, span, clock) or "when it began is not known"
    if outage.start_us is not None and earliest is not None:
        before = f"all was as usual at {clock.utc(earliest)}"
    lasting = "lasting" if facts.returns(report, outage.family) else "full"
    after = (
        f"no {lasting} return was seen before watching ended at {end}" if outage.end_us is None else f"again at {end}"
    )
    lasted = f"it lasted {bounds_words(report, outage)} if without a break"
    return f"{before}, and {after}; nobody watched between the tables: {lasted}"


def bounds_words(report: Report, outage: Outage) -> str:
    """How long it was at least and at most, as a clock shows it: ``8 h to 24 h``, ``at least 8 h``."""
    shortest, longest = _bounds(outage, facts.seen_span(report, outage))
    if outage.start_us is None or outage.end_us is None:
        return f"at least {clock_duration(shortest)}"
    return f"{clock_duration(shortest)} to {clock_duration(longest)}"


def _network(report: Report, outage: Outage) -> str:
    """``IPv4`` or ``IPv6`` unless what is said holds for all of the country's Internet; else nothing."""
    span = facts.seen_span(report, outage)
    alike = [item for item in report.outages if bool(item.dark) >= bool(outage.dark)]
    for family in facts.families(report):
        spans = [facts.seen_span(report, item) for item in alike if item.family == family]
        if facts.overlap_us(spans, span) < 0.9 * span.duration_us:
            return FAMILY_NAMES[outage.family] + " "
    return "" if outage.family == "ipv4" else "IPv6 "


def how_long(report: Report, outage: Outage) -> str:
    """For how long that was so, as far as it was seen: ``9 h 31 min``, ``at least 5 h``, ``5 h to 9 h``."""
    span = facts.seen_span(report, outage)
    shortest, longest = _bounds(outage, span)
    unwatched_us = facts.blind_us(report, outage.family, shortest)
    open_ended = outage.start_us is None or outage.end_us is None or unwatched_us >= MINUTE_US
    at_least = "at least " if open_ended else ""
    if outage.dark and (unwatched_us >= MINUTE_US or not facts.dark_throughout(report, outage)):
        seen_whole = unwatched_us < MINUTE_US and not _touches_an_open_end(report, outage, span)
        return ("" if seen_whole else "at least ") + clock_total(outage.dark)
    if unwatched_us >= MINUTE_US:
        return at_least + duration(shortest.duration_us - unwatched_us)
    loose_us = min(_start_loose_us(report, outage), _end_loose_us(report, outage))
    if not open_ended and longest.duration_us - shortest.duration_us > loose_us:
        return bounds_words(report, outage)
    return at_least + clock_duration(span)


def _for_how_long(report: Report, outage: Outage) -> str:
    """``for 9 h 31 min``; of a rest that it was so then."""
    if _is_a_rest(report, outage):
        watched = facts.watched_span(report, outage.family)
        return "when watching began" if watched and watched.from_us > report.window.from_us else "when the window began"
    return f"for {how_long(report, outage)}"


def _is_a_rest(report: Report, outage: Outage) -> bool:
    """The outage began before, and its last seconds alone lie in the window."""
    return outage.start_us is None and facts.seen_span(report, outage).duration_us < MINUTE_US


def _touches_an_open_end(report: Report, outage: Outage, span: TimeSpan) -> bool:
    """The country was gone when watching began or ended, so for how long is not known."""
    opened = outage.start_us is None or facts.start_is_hidden(report, outage)
    began = opened and outage.dark[0].from_us <= span.from_us
    is_open = outage.end_us is None or facts.end_is_hidden(report, outage)
    unseen = [blind for blind in facts.blind_spans(report, outage.family, span) if blind.until_us == span.until_us]
    return began or (is_open and outage.dark[-1].until_us >= min([span.until_us, *(blind.from_us for blind in unseen)]))


def _start_loose_us(report: Report, outage: Outage) -> int:
    """By how much the bounds of a start may differ before they are told: voters differ by minutes, blind time hides."""
    return MINUTE_US if facts.start_is_hidden(report, outage) else _LOOSE_US


def _end_loose_us(report: Report, outage: Outage) -> int:
    return MINUTE_US if facts.end_is_hidden(report, outage) else _LOOSE_US


def _bounds(outage: Outage, span: TimeSpan) -> tuple[TimeSpan, TimeSpan]:
    """The shortest and the longest that the outage may have been."""
    inner_from = max(span.from_us, outage.start_latest_us or 0)
    inner = TimeSpan(inner_from, max(inner_from, min(span.until_us, outage.end_earliest_us or span.until_us)))
    outer_from = min(span.from_us, span.from_us if outage.start_earliest_us is None else outage.start_earliest_us)
    return inner, TimeSpan(outer_from, max(span.until_us, outage.end_latest_us or 0))


def _all(report: Report, outage: Outage, usual: str = "") -> str:
    """``all 4 of its networks (1,024 addresses) were``."""
    verb = "was" if facts.baseline_prefixes(report, outage.family) == 1 else "were"
    both = outage.family == "ipv4" and len(facts.families(report)) > 1
    return f"{everything(report, outage.family, usual + 'IPv4 ' * both)} {verb}"


def _within(report: Report, outage: Outage, clock: Clock) -> str:
    """When nothing was left, where that was only a part of the outage; else nothing."""
    if facts.dark_throughout(report, outage):
        return ""
    first, last = outage.none_visible[0].from_us, outage.none_visible[-1].until_us
    times = "" if len(outage.none_visible) == 1 else "at times "
    return f"{times}between {clock.utc(first)} and {clock.utc_after(last, first)}, "


def _at_worst(report: Report, outage: Outage, clock: Clock) -> str:
    """How little was left, and for how long nothing was."""
    family = outage.family
    prefixes, units = facts.baseline_prefixes(report, family), facts.baseline_units(report, family)
    if outage.none_visible and not facts.tables_alone(report, outage):
        spans = outage.none_visible
        first, last = spans[0].from_us, spans[-1].until_us
        within = f"between {clock.utc(first)} and {clock.utc_after(last, first)}"
        return f"for {clock_total(spans)} of that time, {within}, {_all(report, outage)} unreachable"
    if outage.depth == 1:
        return f"at the worst moment {_all(report, outage, 'usual ')} unreachable"
    visible = facts.fewest_visible(report, outage)
    left = f"{round((1 - outage.depth) * units):,} of its {count(units, UNIT_NOUNS[family])}"
    if visible is not None:
        label = f"{FAMILY_NAMES[family]} " if len(facts.families(report)) > 1 else ""
        left = f"{visible:,} of its {count(prefixes, f'{label}network')} and {left}"
    return f"at the worst moment only {left} were still visible"


def _when(report: Report, outage: Outage, clock: Clock) -> str:
    span = facts.seen_span(report, outage)
    start, end = _start_words(report, outage, span, clock), _end_words(report, outage, span, clock)
    back = facts.lately_back(report, outage)
    last_us = back.until_us if back else span.until_us
    ended = "the window ended" if last_us == report.window.until_us else "watching ended"
    late = f"; as much as usual was visible then, too shortly before {ended} to tell whether it lasts" if back else ""
    partly = bool(outage.dark) and not facts.dark_throughout(report, outage)
    part = f"for part of an outage that lasted {'at least ' * (outage.start_us is None or outage.end_us is None)}"
    part = f"{part}{clock_duration(span)}, " if partly else ""
    full = "full " if partly or not facts.nothing_left(outage) else ""
    full = "lasting " if facts.returns(report, outage.family) else full
    if outage.start_us is None:
        began = "the window began" if span.from_us == report.window.from_us else "watching began"
        before = _before(outage, span, clock)
        if outage.end_us is not None or back:
            going = (
                f"{part}from {start}, when {began}, until {end}"
                if part
                else f"when {began} at {start}, and until {end}"
            )
            return f"{going}{late}; {before or 'when it began is not known'}"
        neither = f"{before}, and its end was not seen" if before else "neither start nor end was seen"
        return f"{part}from {start}, when {began}, until {end}, when {ended}; {neither}"
    if back:
        return f"{part}from {start} until {end}{late}"
    if outage.end_us is None:
        return f"{part}from {start} on, and no {full}return was seen before {ended} at {end}"
    hidden = facts.blind_spans(report, outage.family, _bounds(outage, span)[0])
    hidden_words = f", though for {clock_total(hidden)} of that time nothing can be said" if hidden else ""
    return f"{part}from {start} until {end}{hidden_words}"


def _before(outage: Outage, span: TimeSpan, clock: Clock) -> str:
    """When an outage began that the window opens inside of, as far as earlier data show it; else nothing."""
    earliest, latest = outage.start_earliest_us, outage.start_latest_us
    if earliest is None or earliest >= span.from_us:
        return ""
    sure = latest is not None and latest - earliest <= _LOOSE_US
    return f"it had begun before, at {clock.utc(earliest)}" + ("" if sure else " or later")


def _start_words(report: Report, outage: Outage, span: TimeSpan, clock: Clock) -> str:
    seconds = is_precise(span)
    local = clock.local_words(span.from_us, seconds=seconds)
    words = clock.utc(span.from_us, seconds=seconds) + (f" ({local})" if local else "")
    earliest = outage.start_earliest_us
    loose_us = _start_loose_us(report, outage)
    if outage.start_us is not None and earliest is not None and span.from_us - earliest > loose_us:
        return f"some time between {clock.utc(earliest, seconds=seconds)} and {words}"
    return words


def _end_words(report: Report, outage: Outage, span: TimeSpan, clock: Clock) -> str:
    seconds = is_precise(span)
    words = clock.utc_after(span.until_us, span.from_us, seconds=seconds)
    earliest = outage.end_earliest_us
    loose_us = _end_loose_us(report, outage)
    if outage.end_us is not None and earliest is not None and span.until_us - earliest > loose_us:
        return f"some time between {clock.utc_after(earliest, span.from_us, seconds=seconds)} and {words}"
    return words


def _of_nothing_seen(report: Report, clock: Clock) -> tuple[str, str]:
    """Blind all the time, but for what moments and few voters showed."""
    families = facts.families(report)
    title = f"Nothing can be said about {clean(report.country.name)} in this window"
    title = missing(report, families, clock) or title
    told = [words for family in families for words in undecided(report, family, clock)]
    told += [words for family in families for say in (minority, gone_before) if (words := say(report, family, clock))]
    phases = [phase for phase in report.phases if phase.phase == "blind" and phase.prefixes_visible_max is None]
    reasons = dict.fromkeys(clean(phase.reason) for phase in phases if phase.reason)
    why = listed(reasons, most=3) or "there are no data"
    start, until, seconds = report.window.from_us, report.window.until_us, is_precise(report.window)
    times = f"from {clock.utc(start, seconds=seconds)} until {clock.utc(until, seconds=seconds)}"
    return title, f"{'; '.join([*told, why])} ({times})."

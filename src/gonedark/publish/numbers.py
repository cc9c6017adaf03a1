"""The few numbers that a reader takes home, each with the words that belong to it.

Begin with :func:`key_numbers`. Not for sentences, which ``headline`` makes.
"""

from collections.abc import Iterator

from gonedark.model.gravity import gravest
from gonedark.model.report import Outage, Report
from gonedark.model.time import MINUTE_US
from gonedark.publish import facts
from gonedark.publish.headline import bounds_words, how_long, what_happened
from gonedark.publish.words import (
    FAMILY_NAMES,
    UNIT_NOUNS,
    clock_duration,
    duration,
    listed,
    percent,
    plural,
)

Number = tuple[str, str]


def key_numbers(report: Report) -> list[Number]:
    """(number, words) pairs: of the gravest outage, or of what stayed; empty where nothing is known."""
    outage = gravest(report)
    return list(_of_outage(report, outage) if outage else _of_presence(report))


def _of_outage(report: Report, outage: Outage) -> Iterator[Number]:
    family = outage.family
    prefixes, units = facts.baseline_prefixes(report, family), facts.baseline_units(report, family)
    noun = plural(UNIT_NOUNS[family], units)
    moments = len(facts.tables_alone(report, outage))
    length = f"{moments:,} moments" if moments else how_long(report, outage)
    yield length, what_happened(report, outage).removeprefix("was ")
    fewest = facts.fewest_visible(report, outage)
    if fewest is not None and fewest <= prefixes:
        yield f"{prefixes - fewest:,} of {prefixes:,}", f"{FAMILY_NAMES[family]} networks gone at worst"
    if facts.tells_counts(report, family):
        yield f"{round(outage.depth * units):,} of {units:,}", f"{noun} gone at worst"
    else:
        yield percent(outage.depth), f"of {units:,} {noun} gone at worst"
    if outage.lead_up:
        yield clock_duration(outage.lead_up.span), f"of instability before, {outage.lead_up.trend}"
    if outage.restoration and outage.restoration.providers_before:
        yield _providers(outage.restoration.providers_before, facts.asn_names(report))


def _providers(asns: tuple[int, ...], names: dict[int, str]) -> Number:
    """A single one by its number, and its name, which may be long, in the words; of several only how many."""
    if len(asns) > 1:
        return f"{len(asns):,}", f"providers before: {listed((f'AS{asn}' for asn in asns), most=3)}"
    name = names.get(asns[0])
    return f"AS{asns[0]}", f"{name}, the provider before" if name else "provider before"


def _of_presence(report: Report) -> Iterator[Number]:
    for family in facts.families(report):
        units = facts.baseline_units(report, family)
        yield f"{facts.baseline_prefixes(report, family):,}", f"{FAMILY_NAMES[family]} networks usually there"
        yield f"{units:,}", f"{FAMILY_NAMES[family]} {plural(UNIT_NOUNS[family], units)} usually there"
    yield f"{report.coverage.voters:,}", f"{plural('voting network', report.coverage.voters)} outside the country"


def length_words(report: Report, outage: Outage) -> str:
    """How long an outage lasted, as far as it was seen, and for how much of it nobody could look."""
    moments = len(facts.tables_alone(report, outage))
    if moments:
        return f"{bounds_words(report, outage)}, seen at {moments:,} moments"
    span = facts.seen_span(report, outage)
    hidden_us = facts.blind_us(report, outage.family, span)
    at_least = "" if outage.duration_seconds is not None else "at least "
    hidden = f", {duration(hidden_us)} of it blind" if hidden_us >= MINUTE_US else ""
    return f"{at_least}{clock_duration(span)}{hidden}"

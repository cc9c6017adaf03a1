"""One family of one country, from the table's timeline to phases and outages.

Begin with :func:`study`, which joins the steps of this room: who votes and what is visible, how many addresses that
makes, how that compares with the baseline, and what follows from it. :class:`Study` keeps everything on the way, since
reports, causes and exposure read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gonedark.country.space import NationalSpace, country_units
from gonedark.country.transit import origins, owners, ways
from gonedark.country.visibility import Visibility, visibility
from gonedark.model.attribution import Attribution
from gonedark.model.prefix import Family, Prefix
from gonedark.model.report import Outage, Phase, Restoration
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan, format_time
from gonedark.outage.bounds import Crossings
from gonedark.outage.clocks import Skew, skews, without
from gonedark.outage.course import (
    before_spell_us,
    below_full,
    dark_spans,
    depth,
    fall_from_us,
    lead_up,
    moments,
    none_visible,
    onset_spread_seconds,
    pieces_within,
    restoration_spread_seconds,
)
from gonedark.outage.levels import Levels, judge
from gonedark.outage.order import order_of_loss
from gonedark.outage.phases import is_outage, phases_of, unstable_spans
from gonedark.outage.spells import Spell
from gonedark.table.snapshot import snapshot
from gonedark.table.timeline import Timeline


@dataclass(frozen=True, eq=False, slots=True)
class Study:
    """Everything that is known about one family within the window."""

    family: Family
    attribution: Attribution
    timeline: Timeline
    units: NDArray[np.uint64]
    owners: NDArray[np.int32]
    visibility: Visibility
    domestic: Visibility
    levels: Levels
    spells: tuple[Spell, ...]
    outages: tuple[Outage, ...]
    phases: tuple[Phase, ...]
    moments: tuple[TimeSpan, ...] = ()
    clocks: tuple[Skew, ...] = ()

    @property
    def has_baseline(self) -> bool:
        """The family was announced at some time, so that it can be judged."""
        return bool(self.levels.baselines.time_us)


def study(
    timeline: Timeline,
    attribution: Attribution,
    window: TimeSpan,
    rules: Thresholds,
    added: Sequence[Prefix] = (),
) -> Study:
    """Judge one family. ``added`` are prefixes that count as national by their origin.

    Where most collectors show that another one's clock is wrong, it is judged again without that one's votes.
    """
    found = _studied(timeline, attribution, window, rules, added)
    clocks = skews(timeline, found.visibility.flips, found.spells, found.levels.until_us)
    right, clocks = without(timeline, clocks, rules)
    if right is not timeline:
        found = _studied(right, attribution, window, rules, added)
    return replace(found, clocks=clocks)


def _studied(
    timeline: Timeline, attribution: Attribution, window: TimeSpan, rules: Thresholds, added: Sequence[Prefix]
) -> Study:
    shares = (rules.visible_share, rules.early_share, rules.late_share)
    asns = np.array([session.asn for session in timeline.sessions], dtype=np.int64)
    domestic = frozenset(asns[attribution.domestic_mask(asns)].tolist())
    seen = visibility(timeline, lambda asn: asn not in domestic, shares, rules)
    inside = visibility(timeline, domestic.__contains__, (rules.visible_share,), rules)
    units = country_units(attribution, timeline.family, added)
    networks = owners(timeline)
    space = NationalSpace(timeline.prefixes, units, seen.flips, len(shares), networks)
    levels = judge(space, seen, window.until_us, rules)
    unstable = unstable_spans(levels.swings, rules)
    brief = moments(levels, rules)
    spells = tuple(
        spell
        for spell in levels.spells
        if is_outage(levels, spell, unstable, brief, rules) and _is_seen(levels, spell, window, rules)
    )
    found = Study(timeline.family, attribution, timeline, units, networks, seen, inside, levels, spells, (), (), brief)
    if not found.has_baseline:
        return found
    crossings = Crossings(levels, timeline.is_precise, rules)
    return replace(
        found,
        outages=tuple(_outage(found, spell, crossings, unstable, window, rules) for spell in spells),
        phases=phases_of(levels, spells, brief, timeline.family, window, rules),
    )


def _is_seen(levels: Levels, spell: Spell, window: TimeSpan, rules: Thresholds) -> bool:
    """Less than usual was seen within the window; what was over before, or may have been, is no outage of it."""
    part = TimeSpan(spell.start_us, spell.until_us(levels.until_us)).overlap(window)
    return part is not None and bool(below_full(levels, part, rules))


def _outage(
    found: Study,
    spell: Spell,
    crossings: Crossings,
    unstable: Sequence[TimeSpan],
    window: TimeSpan,
    rules: Thresholds,
) -> Outage:
    """One spell as the report tells it."""
    levels = found.levels
    span = TimeSpan(spell.start_us, spell.until_us(levels.until_us))
    inside = TimeSpan(max(spell.start_us, window.from_us), span.until_us)
    bounds = crossings.bounds(spell)
    chosen = levels.baselines.at(spell.start_us)
    order_from_us = min(bounds.start_earliest_us or spell.start_us, fall_from_us(levels, spell.start_us))
    nothing = none_visible(levels, inside)
    return Outage(
        id=f"{found.attribution.code}-{found.family}-{_compact(spell.start_us)}",
        family=found.family,
        start_us=spell.start_us if spell.start_us >= window.from_us else None,
        start_earliest_us=bounds.start_earliest_us,
        start_latest_us=bounds.start_latest_us,
        end_us=spell.end_us,
        end_earliest_us=bounds.end_earliest_us,
        end_latest_us=bounds.end_latest_us,
        depth=depth(levels, inside),
        complete=bool(nothing),
        dark=dark_spans(levels, inside, rules),
        onset_spread_seconds=onset_spread_seconds(levels, spell, rules),
        order=order_of_loss(
            found.timeline.prefixes,
            found.units,
            found.visibility.flips,
            chosen[0] if chosen else np.zeros(len(found.timeline.prefixes), dtype=bool),
            origins(found.timeline, snapshot(found.timeline, order_from_us)),
            TimeSpan(order_from_us, span.until_us),
        ),
        lead_up=None if spell.start_blind is not None else lead_up(levels, spell, unstable, levels.swings, rules),
        restoration=_restoration(found, spell, rules),
        none_visible=nothing,
    )


def _compact(time_us: int) -> str:
    return format_time(time_us).replace("-", "").replace(":", "")


def _restoration(found: Study, spell: Spell, rules: Thresholds) -> Restoration | None:
    """How it came back; None while it has not."""
    if spell.end_us is None:
        return None
    levels = found.levels
    before_us = before_spell_us(levels, spell, rules)
    later_us = min(spell.end_us + rules.providers_after_us, levels.until_us)
    seen = pieces_within(levels, TimeSpan(spell.end_us, later_us))
    # Where nobody watched for so long, as after a table, what was seen last.
    later_us = seen[-1][1].until_us if seen else later_us
    tables = snapshot(found.timeline, before_us), snapshot(found.timeline, later_us)
    over = ways(found.timeline, tables, found.attribution, rules)
    return Restoration(
        spread_seconds=restoration_spread_seconds(levels, spell, rules),
        providers_before=over.before,
        providers_after=over.after,
        same_providers=over.same,
    )

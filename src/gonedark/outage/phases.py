"""Phases: the window of one family cut into blind, offline, degraded, unstable and normal.

Begin with :func:`phases_of`. At each instant the first that applies counts, in that order. :func:`unstable_spans` and
:func:`is_outage` are the rules that phases and outages share.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gonedark.model.prefix import Family
from gonedark.model.report import Phase, PhaseName
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.levels import BLIND_GLIMPSE, Levels, blind_spans
from gonedark.outage.spells import Spell
from gonedark.outage.swings import Swing

_Cut = tuple[int, int, PhaseName, str | None]


def unstable_spans(swings: Sequence[Swing], rules: Thresholds) -> list[TimeSpan]:
    """Union of all [swing i, swing i + 2] that are short enough."""
    found: list[TimeSpan] = []
    for first, third in zip(swings, swings[2:], strict=False):
        if third.time_us - first.time_us > rules.unstable_us:
            continue
        if found and first.time_us <= found[-1].until_us:
            found[-1] = TimeSpan(found[-1].from_us, third.time_us)
        else:
            found.append(TimeSpan(first.time_us, third.time_us))
    return found


def is_outage(spell: Spell, unstable: Sequence[TimeSpan], until_us: int, rules: Thresholds) -> bool:
    """A spell of five minutes or more, unless it is short and lies inside an unstable period."""
    end_us = spell.until_us(until_us)
    length_us = end_us - spell.start_us
    if length_us < rules.merge_us:
        return False
    inside = any(span.from_us <= spell.start_us and end_us <= span.until_us for span in unstable)
    return not (inside and length_us < rules.outage_inside_unstable_us)


def phases_of(
    levels: Levels, outages: Sequence[Spell], family: Family, window: TimeSpan, rules: Thresholds
) -> tuple[Phase, ...]:
    """The partition of the window; empty where the family has no baseline and nothing was blind for another reason."""
    blind = blind_spans(levels, window)
    marks = {window.from_us, window.until_us}
    layers: list[tuple[PhaseName, list[tuple[TimeSpan, str | None]]]] = [("blind", [*blind])]
    spells = [TimeSpan(spell.start_us, spell.until_us(levels.until_us)) for spell in outages]
    dark = [TimeSpan(spell.start_us, spell.until_us(levels.until_us)) for spell in levels.dark]
    offline = [part for span in dark for spell in spells if (part := span.overlap(spell)) is not None]
    layers.append(("offline", [(span, None) for span in offline]))
    layers.append(("degraded", [(span, None) for span in spells]))
    layers.append(("unstable", [(span, None) for span in unstable_spans(levels.swings, rules)]))
    for _, spans in layers:
        for span, _ in spans:
            marks.update(time for time in (span.from_us, span.until_us) if window.contains(time))
    times = sorted(marks)
    cuts = [_cut(begin, end, layers) for begin, end in pairwise(times)]
    cuts = _merged(_join_short(_merged(cuts), rules.hold_us))
    found = [_phase(levels, family, cut) for cut in cuts]
    glimpsed = [_is_glimpse(levels, found[max(0, at - 1) : at + 2], phase, rules) for at, phase in enumerate(found)]
    return tuple(
        replace(phase, phase="blind", reason=BLIND_GLIMPSE) if glimpse else phase
        for phase, glimpse in zip(found, glimpsed, strict=True)
    )


def _is_glimpse(levels: Levels, around: Sequence[Phase], phase: Phase, rules: Thresholds) -> bool:
    """Less than usual was seen, too short to count, and nobody watched before and after: neither normal nor a loss."""
    alone = all(other.phase == "blind" for other in around if other is not phase)
    if phase.phase != "normal" or phase.span.duration_us >= rules.hold_us or not alone:
        return False
    return any(piece.share < rules.full_share for piece, _ in levels.within(phase.span) if piece.blind is None)


def _cut(begin: int, end: int, layers: list[tuple[PhaseName, list[tuple[TimeSpan, str | None]]]]) -> _Cut:
    for name, spans in layers:
        for span, reason in spans:
            if span.from_us <= begin < span.until_us:
                return begin, end, name, reason
    return begin, end, "normal", None


def _merged(cuts: list[_Cut]) -> list[_Cut]:
    """Equal neighbours are one; a blind stretch that changes its reason keeps both."""
    found: list[_Cut] = []
    for begin, end, name, reason in cuts:
        if found and found[-1][2] == name:
            reasons = [text for text in (found[-1][3] or "").split("; ") if text]
            if reason is not None and reason not in reasons:
                reasons.append(reason)
            found[-1] = (found[-1][0], end, name, "; ".join(reasons) or None)
        else:
            found.append((begin, end, name, reason))
    return found


def _join_short(cuts: list[_Cut], hold_us: int) -> list[_Cut]:
    """A degraded piece that is too short to count joins the offline one beside it."""
    joined = list(cuts)
    for index, (begin, end, name, _) in enumerate(cuts):
        beside = [cuts[at][2] for at in (index - 1, index + 1) if 0 <= at < len(cuts)]
        if name == "degraded" and end - begin < hold_us and "offline" in beside:
            joined[index] = (begin, end, "offline", None)
    return joined


def _phase(levels: Levels, family: Family, cut: _Cut) -> Phase:
    begin, end, name, reason = cut
    span = TimeSpan(begin, end)
    if name == "blind":
        return Phase(family, name, reason, span, None, None, None, None)
    pieces = [piece for piece, _ in levels.within(span)]
    prefixes = [piece.prefixes for piece in pieces]
    addresses = [piece.addresses for piece in pieces]
    return Phase(family, name, reason, span, min(prefixes), max(prefixes), min(addresses), max(addresses))

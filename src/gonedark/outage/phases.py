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
from gonedark.outage.course import below_full, pieces_within
from gonedark.outage.levels import BLIND_GLIMPSE, BLIND_NO_TABLE, BLIND_RETURN, Levels, blind_spans
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


def is_outage(
    levels: Levels, spell: Spell, unstable: Sequence[TimeSpan], brief: Sequence[TimeSpan], rules: Thresholds
) -> bool:
    """A spell of five minutes or more, unless it is short and lies inside an unstable period. ``brief``: the moments at
    which somebody watched."""
    length_us = _counted_us(levels, spell, brief, rules)
    if length_us < rules.merge_us:
        return False
    end_us = spell.until_us(levels.until_us)
    inside = any(span.from_us <= spell.start_us and end_us <= span.until_us for span in unstable)
    return not (inside and length_us < rules.outage_inside_unstable_us)


def _counted_us(levels: Levels, spell: Spell, brief: Sequence[TimeSpan], rules: Thresholds) -> int:
    """How long a spell was, for a rule that asks how long: as far as it was watched, from when less than usual was
    first seen to when it was last seen. Of moments, at which nobody watches for any time, from the first to the last.
    """
    low = [part for _, part in below_full(levels, TimeSpan(spell.start_us, spell.until_us(levels.until_us)), rules)]
    if not low:
        return 0
    watched = pieces_within(levels, TimeSpan(low[0].from_us, low[-1].until_us))
    at = [moment.from_us for moment in brief if any(moment.contains(part.from_us) for part in low)]
    return max(sum(part.duration_us for _, part in watched), at[-1] - at[0] if at else 0)


def phases_of(
    levels: Levels,
    outages: Sequence[Spell],
    brief: Sequence[TimeSpan],
    family: Family,
    window: TimeSpan,
    rules: Thresholds,
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
    return tuple(
        _of_a_moment(levels, phase, rules) if any(moment.overlap(phase.span) for moment in brief) else phase
        for phase in found
    )


def _of_a_moment(levels: Levels, phase: Phase, rules: Thresholds) -> Phase:
    """What was seen at a moment too short to count, before and after which nobody watched: less than usual is neither
    normal nor a loss, and as much as usual no part of the outage that goes on around it."""
    pieces = [piece for piece, _ in levels.within(phase.span) if piece.blind is None]
    if not pieces:
        return phase
    if phase.phase == "normal":
        less = any(piece.share < rules.full_share for piece in pieces)
        return replace(phase, phase="blind", reason=BLIND_GLIMPSE) if less else phase
    most = max(pieces, key=lambda piece: piece.share)
    if most.share >= rules.full_share:
        return replace(phase, phase="blind", reason=BLIND_RETURN)
    if phase.phase == "offline" and not levels.is_gone(most, rules):
        return replace(phase, phase="degraded")
    return phase


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
            if reason is not None and not any(_is_alike(reason, text) for text in reasons):
                reasons.append(reason)
            found[-1] = (found[-1][0], end, name, "; ".join(reasons) or None)
        else:
            found.append((begin, end, name, reason))
    return found


def _is_alike(reason: str, other: str) -> bool:
    """Where tables are missing again and again, since when the first time is enough."""
    return reason == other or (reason.startswith(BLIND_NO_TABLE) and other.startswith(BLIND_NO_TABLE))


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

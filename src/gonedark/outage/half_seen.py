"""Losses of which nobody saw the rest: next to blind time, or over before the window opens, as far as anybody knows.

Begin with :func:`half_seen` and :func:`gone_before`. Time that nobody watched makes no outage of a loss that was seen
for under five minutes, and does not make it a short one either; an outage whose return lies in blind time before the
window's first look, or is too new to last, is none of the window's. A reader must know of both. Losses of the last
minutes are told by :mod:`gonedark.outage.lately`, and moments by the phases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.course import below_full, pieces_within
from gonedark.outage.levels import Levels, Piece
from gonedark.outage.phases import is_outage, unstable_spans
from gonedark.outage.study import Study

HALF_SEEN = "half-seen"
"""The evidence's name after its family."""
GONE_BEFORE = "gone-before"
"""And that of an outage before the window."""

Run = list[tuple[Piece, TimeSpan]]


@dataclass(frozen=True, slots=True)
class HalfSeen:
    """When less than usual was seen, and the fewest prefixes and addresses (IPv4) or /48s meanwhile. ``before`` and
    ``after``: nobody watched right before it, right after it."""

    span: TimeSpan
    prefixes: int
    addresses: int
    before: bool
    after: bool


def half_seen(study: Study, window: TimeSpan, rules: Thresholds) -> tuple[HalfSeen, ...]:
    """Those of the window that no outage takes, in order of time. Where all was as usual within five minutes, the rest
    does not matter: that is no outage."""
    ended_us = next((until_us for piece, until_us in study.levels.backwards() if piece.blind is None), 0)
    found: list[HalfSeen] = []
    for run in undecided(study, rules):
        for one in _parts(run):
            is_told = one.span.until_us == ended_us or any(one.span.overlap(moment) for moment in study.moments)
            found += [one] if one.span.overlap(window) and not is_told else []
    return tuple(found)


def undecided(study: Study, rules: Thresholds) -> Iterator[Run]:
    """Stretches in which nobody saw as much as usual, which no outage takes, and which are long enough for one."""
    until_us = study.levels.until_us
    outages = [TimeSpan(spell.start_us, spell.until_us(until_us)) for spell in study.spells]
    for run in _runs(study.levels, rules):
        whole = TimeSpan(run[0][1].from_us, run[-1][1].until_us)
        is_long = whole.duration_us >= rules.merge_us or whole.until_us >= until_us
        if is_long and not any(whole.overlap(outage) for outage in outages):
            yield run


def _runs(levels: Levels, rules: Thresholds) -> Iterator[Run]:
    """Stretches in which nobody saw as much as usual."""
    run: Run = []
    for piece, until_us in levels.spans():
        if piece.blind is None and piece.share >= rules.full_share:
            if run:
                yield run
            run = []
        else:
            run.append((piece, TimeSpan(piece.time_us, until_us)))
    if run:
        yield run


def _parts(run: Run) -> Iterator[HalfSeen]:
    """What was watched of such a stretch, where some of it was not."""
    begun_us, ended_us = run[0][1].from_us, run[-1][1].until_us
    for is_seen, pieces in groupby(run, key=lambda item: item[0].blind is None):
        part = list(pieces)
        span = TimeSpan(part[0][1].from_us, part[-1][1].until_us)
        before, after = span.from_us > begun_us, span.until_us < ended_us
        if is_seen and (before or after):
            fewest = min(piece.prefixes for piece, _ in part), min(piece.inside[0] for piece, _ in part)
            yield HalfSeen(span, *fewest, before, after)


@dataclass(frozen=True, slots=True)
class GoneBefore:
    """When less than usual was first and last seen before the window, and from when on as much as usual was seen again:
    None where nobody saw that."""

    span: TimeSpan
    back_us: int | None


def gone_before(study: Study, window: TimeSpan, rules: Thresholds) -> GoneBefore | None:
    """An outage that was not known to be over when the window opens, and of which the window shows nothing."""
    levels, unstable = study.levels, unstable_spans(study.levels.swings, rules)
    for spell in levels.spells:
        span = TimeSpan(spell.start_us, spell.until_us(levels.until_us))
        if spell in study.spells or span.from_us >= window.from_us or span.until_us <= window.from_us:
            continue
        if is_outage(levels, spell, unstable, study.moments, rules):
            last_us = below_full(levels, span, rules)[-1][1].until_us
            after = pieces_within(levels, TimeSpan(last_us, levels.until_us))
            back_us = after[0][1].from_us if after else None
            return GoneBefore(TimeSpan(spell.start_us, last_us), back_us)
    return None

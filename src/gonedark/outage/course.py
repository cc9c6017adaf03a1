"""The course of a spell: how deep, how fast it began and ended, and the unrest that led up to it.

Begin with :func:`lead_up`, :func:`onset_spread_seconds` and :func:`restoration_spread_seconds`. Only the series is
read; which network lost when is in :mod:`gonedark.outage.order`.
"""

from collections.abc import Iterable, Sequence

from gonedark.model.report import LeadUp, Trend
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, SECOND_US, TimeSpan
from gonedark.outage.levels import Levels, Piece
from gonedark.outage.spells import Spell
from gonedark.outage.swings import Swing

_NEXT_TO_NOTHING = 0.01
"""Of the baseline: churn, and no part of a fall."""


def pieces_within(levels: Levels, span: TimeSpan) -> list[tuple[Piece, TimeSpan]]:
    """Seeing pieces and the part of the span in which they held."""
    return [(piece, part) for piece, part in levels.within(span) if piece.blind is None]


def moments(levels: Levels, rules: Thresholds) -> tuple[TimeSpan, ...]:
    """What was watched for less than a level must hold, with nobody watching before and after: tables, mostly."""
    seeing = (TimeSpan(piece.time_us, until_us) for piece, until_us in levels.spans() if piece.blind is None)
    return tuple(span for span in joined(seeing) if span.duration_us < rules.hold_us)


def below_full(levels: Levels, span: TimeSpan, rules: Thresholds) -> list[tuple[Piece, TimeSpan]]:
    """Pieces in which less than usual was seen, and the part of the span in which they held."""
    return [(piece, part) for piece, part in pieces_within(levels, span) if piece.share < rules.full_share]


def depth(levels: Levels, span: TimeSpan) -> float:
    """1 - min a / A0 within the span."""
    missing = [
        (piece.baseline_addresses - piece.inside[0]) / piece.baseline_addresses
        for piece, _ in pieces_within(levels, span)
    ]
    return max(missing, default=0.0)


def none_visible(levels: Levels, span: TimeSpan) -> tuple[TimeSpan, ...]:
    """Stretches in which no national prefix was visible, as far as they were watched."""
    return joined(part for piece, part in pieces_within(levels, span) if piece.prefixes == 0)


def dark_spans(levels: Levels, span: TimeSpan, rules: Thresholds) -> tuple[TimeSpan, ...]:
    """Stretches in which the country was seen to be gone: what nobody watched is no part of them, nor is a moment
    between that at which it was there."""
    found: list[TimeSpan] = []
    for gone in levels.dark:
        within = TimeSpan(gone.start_us, gone.until_us(levels.until_us)).overlap(span)
        inside = [] if within is None else pieces_within(levels, within)
        for run in joined(part for _, part in inside):
            if run.duration_us >= rules.hold_us:
                found.append(run)
            else:
                gone_parts = (part for piece, part in inside if levels.is_gone(piece, rules))
                found += joined(part for part in gone_parts if run.contains(part.from_us))
    return tuple(found)


def joined(parts: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Spans in order of time, those that touch each other as one."""
    found: list[TimeSpan] = []
    for part in parts:
        if found and found[-1].until_us == part.from_us:
            found[-1] = TimeSpan(found[-1].from_us, part.until_us)
        else:
            found.append(part)
    return tuple(found)


def before_fall_us(levels: Levels, spell: Spell, rules: Thresholds) -> int:
    """A moment within the last held reading before the spell: no voter had lost routes in its fall yet."""
    before = TimeSpan(max(0, spell.start_us - rules.unstable_us), spell.start_us)
    for _, part in reversed(pieces_within(levels, before)):
        if part.duration_us >= rules.hold_us:
            return part.until_us - rules.hold_us
    return spell.start_us


def fall_from_us(levels: Levels, start_us: int) -> int:
    """When the fall began that took a country below full at ``start_us``: the last moment of the hour before at which
    next to nothing of that hour's most was missing. The first tenth of the country to go is a part of it."""
    before = pieces_within(levels, TimeSpan(max(0, start_us - HOUR_US), start_us))
    most = max((piece.inside[0] for piece, _ in before), default=0)
    near = (
        part.until_us for piece, part in before if piece.inside[0] >= most - _NEXT_TO_NOTHING * piece.baseline_addresses
    )
    return max(near, default=start_us)


def undisturbed_us(levels: Levels, fell_us: int, rules: Thresholds) -> int:
    """When routes last led where they usually do before a fall that began at ``fell_us``.

    While a route is being withdrawn, routers try every longer one that is left (path exploration: Labovitz et al.,
    *Delayed Internet Routing Convergence*, SIGCOMM 2000), over networks that never carried the country. So this is a
    hold time earlier, unless less was visible then, as between two flaps.
    """
    earlier_us = fell_us - rules.hold_us
    seen = pieces_within(levels, TimeSpan(max(0, earlier_us), fell_us))
    if not seen or seen[0][1].from_us > earlier_us:
        return fell_us
    first, last = seen[0][0], seen[-1][0]
    full = first.inside[0] >= last.inside[0] - _NEXT_TO_NOTHING * last.baseline_addresses
    return earlier_us if full else fell_us


def before_spell_us(levels: Levels, spell: Spell, rules: Thresholds) -> int:
    """The last moment at which routes led where they usually did before a spell. Before a start that nobody saw, it is
    the one before the blindness around it."""
    if spell.start_blind is not None:
        return spell.start_blind.from_us
    return undisturbed_us(levels, fall_from_us(levels, spell.start_us), rules)


def onset_spread_seconds(levels: Levels, spell: Spell, rules: Thresholds) -> float | None:
    """Seconds from 10 % to 90 % of the addresses finally lost; None where the start was not seen."""
    if spell.start_blind is not None:
        return None
    span = TimeSpan(spell.start_us, spell.until_us(levels.until_us))
    inside = pieces_within(levels, span)
    floor = min(piece.inside[0] for piece, _ in inside)
    lost = inside[0][0].baseline_addresses - floor
    nearly = next(part.from_us for piece, part in inside if piece.inside[0] <= floor + 0.1 * lost)
    before = TimeSpan(max(0, spell.start_us - rules.unstable_us), nearly)
    return (nearly - _last_crossing(pieces_within(levels, before), floor + 0.9 * lost, nearly)) / SECOND_US


def _last_crossing(inside: Sequence[tuple[Piece, TimeSpan]], level: float, nearly_us: int) -> int:
    """When the addresses last came from above the level to stay at or below it until ``nearly_us``."""
    reached_us = nearly_us
    for piece, part in reversed(inside):
        if piece.inside[0] > level:
            return reached_us
        reached_us = part.from_us
    return reached_us


def restoration_spread_seconds(levels: Levels, spell: Spell, rules: Thresholds) -> float | None:
    """Seconds from 10 % to 90 % of the addresses that came back; None while not over or where the end was not seen."""
    if spell.end_us is None or spell.end_blind is not None:
        return None
    inside = pieces_within(levels, TimeSpan(spell.start_us, spell.end_us + rules.merge_us))
    floor = min(piece.inside[0] for piece, _ in inside)
    top = max(piece.inside[0] for piece, part in inside if part.until_us > spell.end_us)
    regained = top - floor
    begun_us = None
    for piece, part in inside:
        if piece.inside[0] < floor + 0.1 * regained:
            begun_us = None
        elif begun_us is None:
            begun_us = part.from_us
        if begun_us is not None and piece.inside[0] >= floor + 0.9 * regained and part.until_us > spell.end_us:
            done_us = part.from_us if part.from_us >= spell.end_us else min(part.from_us, spell.end_us)
            return max(0, done_us - begun_us) / SECOND_US
    return None


def lead_up(
    levels: Levels, spell: Spell, unstable: Sequence[TimeSpan], swings: Sequence[Swing], rules: Thresholds
) -> LeadUp | None:
    """The unstable period that led up to the spell, or None. The fall that began the spell is not part of it."""
    earlier = [swing for swing in swings if swing.time_us < spell.start_us]
    if earlier and earlier[-1].direction == "down":
        earlier.pop()
    for period in reversed(unstable):
        mine = [swing for swing in earlier if period.from_us <= swing.time_us <= period.until_us]
        if not mine:
            continue
        if len(mine) < rules.lead_up_swings or spell.start_us - mine[-1].time_us > rules.unstable_us:
            return None
        span = TimeSpan(mine[0].time_us, spell.start_us)
        return LeadUp(span, len(mine), _trend(levels, span, len(mine), rules))
    return None


def _trend(levels: Levels, span: TimeSpan, crossings: int, rules: Thresholds) -> Trend:
    """Missing share of the second half against the first."""
    if crossings < rules.trend_swings:
        return "steady"
    middle = (span.from_us + span.until_us) // 2
    first = _missing(levels, TimeSpan(span.from_us, middle))
    second = _missing(levels, TimeSpan(middle, span.until_us))
    if second >= rules.worsening_ratio * first and second > 0:
        return "worsening"
    if second <= rules.improving_ratio * first:
        return "improving"
    return "steady"


def _missing(levels: Levels, span: TimeSpan) -> float:
    """Mean share of the baseline that was missing, over the time that was not blind."""
    weighed = [(part.duration_us, 1 - min(1.0, piece.share)) for piece, part in pieces_within(levels, span)]
    total = sum(duration for duration, _ in weighed)
    return sum(duration * missing for duration, missing in weighed) / total if total else 0.0

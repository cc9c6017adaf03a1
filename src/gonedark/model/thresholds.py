"""Every number that decides something, in one documented place; printed in every report.

Begin with :class:`Thresholds`. The definitions that use them are in ``docs/definitions.md``.
"""

import dataclasses
from dataclasses import dataclass

from gonedark.model.time import DAY_US, HOUR_US, MINUTE_US, SECOND_US

_MONTH_US = 31 * DAY_US
_SANE: dict[str, tuple[float, float]] = {
    "loaded_growth_us": (SECOND_US, DAY_US),
    "horizon_us": (HOUR_US, _MONTH_US),
    "hold_us": (SECOND_US, HOUR_US),
    "merge_us": (SECOND_US, DAY_US),
    "silence_us": (MINUTE_US, DAY_US),
    "baseline_step_us": (MINUTE_US, DAY_US),
    "size_step_us": (SECOND_US, HOUR_US),
    "count_prefixes": (0, 1_000_000),
    "lead_up_swings": (1, 1_000),
    "trend_swings": (2, 1_000),
    "fewest_voters": (1, 1_000),
    "silence_intervals": (0, 1_000_000),
    "worsening_ratio": (1, 1_000),
    "improving_ratio": (0, 1),
    "expected_share": (0, 1),
    "gone_share": (0, 1),
    "loaded_growth_share": (0, 1),
    "late_share": (0, 1),
    "provider_gone_share": (0, 1),
}
"""What a threshold may be at least and at most; below and beyond, it would never end or mean nothing."""
_ORDER = (("late_share", "visible_share"), ("visible_share", "early_share"), ("gone_share", "full_share"))
"""The first of each pair is at most the second."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The rules' numbers. Durations in microseconds, shares from 0 to 1. Raises ValueError for what can be none."""

    visible_share: float = 0.5
    """A prefix is visible when at least this share of the voters carries it."""
    early_share: float = 0.75
    """Share asked for the early bound of a start and the late bound of an end."""
    late_share: float = 0.25
    """Share asked for the late bound of a start and the early bound of an end."""
    carrier_share: float = 0.5
    """A voter ASN carries a prefix when at least this share of its voting sessions holds it."""
    full_feed_share: float = 0.75
    """A session is full feed from this share of the reference table size on."""
    reference_share: float = 0.5
    """Sizes below this share of the largest settled size do not enter the reference median."""
    loaded_share_of_previous: float = 0.95
    """A table in transfer is complete at this share of its own size before the reset."""
    loaded_share_of_reference: float = 0.75
    """Or at this share of the reference, once growth has stopped."""
    loaded_growth_share: float = 0.01
    """Growth below this share within ``loaded_growth_us`` counts as stopped."""
    loaded_growth_us: int = 2 * MINUTE_US
    """Over which time growth is asked."""
    horizon_us: int = DAY_US
    """How far back sizes, expected voters and the baseline look."""
    baseline_share: float = 0.8
    """A national prefix visible for at least this share of the calm time belongs to the baseline."""
    full_share: float = 0.9
    """At or above this share of the baseline addresses the country is full."""
    gone_share: float = 0.1
    """At or below this share it is gone (0 with fewer than ``count_prefixes`` prefixes)."""
    count_prefixes: int = 20
    """Below this many baseline prefixes, gone means nothing at all, and texts give counts."""
    swing_share: float = 0.1
    """A move of at least this share of the baseline addresses is a swing."""
    hold_us: int = MINUTE_US
    """A level held for less counts for nothing."""
    merge_us: int = 5 * MINUTE_US
    """Stretches below full separated by less than this are one; a shorter spell is only swings."""
    outage_inside_unstable_us: int = 30 * MINUTE_US
    """A spell shorter than this inside an unstable period belongs to that period."""
    unstable_us: int = 6 * HOUR_US
    """Three swings within this time make an unstable period."""
    lead_up_swings: int = 3
    """A lead-up has at least this many swings before the start."""
    trend_swings: int = 6
    """With fewer swings the trend is called steady."""
    worsening_ratio: float = 1.25
    """Mean missing share of the second half against the first, from which a lead-up is worsening."""
    improving_ratio: float = 0.8
    """And up to which it is improving."""
    fewest_voters: int = 5
    """With fewer voters a loss proves nothing."""
    expected_share: float = 0.5
    """With fewer than this share of the expected voters the country is blind."""
    silence_us: int = 15 * MINUTE_US
    """A collector without a record for longer may be silent."""
    silence_intervals: float = 30.0
    """And is, when that is also longer than this many of its mean intervals."""
    rib_touch_us: int = 15 * MINUTE_US
    """Prefixes changed this near to a dump are left out of the comparison with it."""
    provider_share: float = 0.05
    """A foreign provider is named from this share of (voter, address) weight on."""
    provider_gone_share: float = 0.01
    """And until it has less than this one at another moment that is compared with that."""
    detour_share: float = 0.25
    """An AS that the paths of this share of (voter, address) weight cross for a time only is a detour."""
    detour_us: int = 5 * MINUTE_US
    """Where they do for this long: searching for a way after a failure takes minutes."""
    providers_after_us: int = 5 * MINUTE_US
    """How long after the end the providers are read."""
    baseline_step_us: int = HOUR_US
    """The baseline is renewed at whole multiples of this clock time."""
    size_step_us: int = MINUTE_US
    """Table sizes are sampled at whole multiples of this clock time."""

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            _check(item.name, getattr(self, item.name), is_whole=isinstance(item.default, int))
        for low, high in _ORDER:
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} must be at most {high}, which is {getattr(self, high):g}")

    def to_dict(self) -> dict[str, float | int]:
        """Name to number, in the order above."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}


def _check(name: str, value: object, *, is_whole: bool) -> None:
    """Raises ValueError, with one line that names the sane range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} must be a number")
    if is_whole and not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number")
    is_duration = name.endswith("_us")
    least, most = _SANE.get(name, (0, _MONTH_US) if is_duration else (0.01, 1))
    if not least <= value <= most:
        told = f" microseconds ({_words(least)} to {_words(most)})" if is_duration else ""
        raise ValueError(f"{name} must be {least:.10g} to {most:.15g}{told}")


def _words(length_us: float) -> str:
    """``1 min``, ``31 days``."""
    for unit_us, name in ((DAY_US, "day"), (HOUR_US, "h"), (MINUTE_US, "min")):
        if length_us >= unit_us:
            count = round(length_us / unit_us)
            return f"{count} {name}s" if name == "day" and count > 1 else f"{count} {name}"
    return f"{length_us / SECOND_US:g} s"

"""A country that loses its addresses little by little: never fast enough for an outage, and less of it in the end.

Begin with :func:`decline`. The baseline follows what goes slowly, as it must where networks are given up or move away,
and so forgets it: 24 % of a country can go within three weeks without a level ever being crossed. Nobody can tell from
routes whether addresses were given up or cut off one by one, so it is told and never called an outage.
"""

from dataclasses import dataclass
from itertools import pairwise

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.levels import Baselines

DECLINED = "declined"
"""The evidence's name after its family."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Addresses (IPv4) or /48s (IPv6) that were usual, and the fewest that were usual later; ``last``: in the end.

    ``span``: from the last moment at which so many were usual to the first at which so few were.
    """

    usual: int
    fewest: int
    last: int
    span: TimeSpan


def decline(baselines: Baselines, window: TimeSpan, rules: Thresholds) -> Decline | None:
    """The deepest fall of the baseline within the window; None where it was never below full by its own measure."""
    inside = in_force(baselines, window)
    deepest: Decline | None = None
    most = None
    for index in inside:
        here = baselines.addresses[index]
        if most is None or here >= baselines.addresses[most]:
            most = index
        usual = baselines.addresses[most]
        if here < rules.full_share * usual and (deepest is None or here / usual < deepest.fewest / deepest.usual):
            span = TimeSpan(max(window.from_us, baselines.time_us[most + 1]), baselines.time_us[index])
            deepest = Decline(usual, here, baselines.addresses[inside[-1]], span)
    return deepest


def in_force(baselines: Baselines, window: TimeSpan) -> list[int]:
    """Numbers of the baselines that were in force at some time of the window."""
    return [
        index
        for index, (from_us, until_us) in enumerate(pairwise((*baselines.time_us, window.until_us)))
        if from_us < window.until_us and until_us > window.from_us
    ]

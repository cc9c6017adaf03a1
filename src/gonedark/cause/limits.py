"""The numbers of the cause rules, in one documented place; every report prints them.

Begin with :class:`Limits`. None of them comes from a paper unless it says so: they are proposals, argued in
``docs/causes.md``.
"""

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Durations in seconds, shares from 0 to 1."""

    cliff_seconds: float = 120.0
    """A loss within this time is sudden (ground truth: Syria 2012 and North Korea 2014 took one to two minutes)."""
    decay_seconds: float = 3600.0
    """A loss spread over this or more is gradual (batteries and power: hours)."""
    gap_seconds: float = 30.0
    """Losses of two ASes this far apart are separate steps (Egypt 2011: gaps of 43 to 368 s)."""
    national_share: float = 0.8
    """From this share of the addresses lost on, a loss is national."""
    spared_share: float = 0.1
    """An AS that lost less than this while the loss was national was spared."""
    first_wave_seconds: float = 3600.0
    """So long after nine tenths of the loss the first wave is over; what went later had been spared."""
    explained_share: float = 0.9
    """A place explains the loss when this share of the lost weight crossed it and of what it carried died."""
    holders_share: float = 0.1
    """From this share of voters still holding the lost routes on, the loss was seen by a part of the peers only."""
    holders_many: float = 0.25
    """And from this one on there are more of them than stuck routes make: a usual outbreak of those is seen at 10 % of
    the ASes for IPv4 and 17 % for IPv6 (Fontugne et al., BGP Zombies, PAM 2019)."""
    holders_fewest: int = 3
    """And by at least so many voters, so that a few stuck routes are no pattern."""
    voters_enough: int = 5
    """So many voters with explicit withdrawals rule out a fault of single sessions (as ``fewest_voters``)."""
    collectors_enough: int = 2
    """At so many collectors."""
    voters_kept_share: float = 0.9
    """With fewer of the voters left just after the start, the loss may be one of vantage points."""
    watched_seconds: float = 21600.0
    """So much of the time before must have been seen to say that nothing led up to the outage."""
    repeat_seconds: float = 600.0
    """A start this near to the same time of day repeats an earlier one (Bischof et al. 2023)."""
    repeat_days: int = 4
    """Within so many days."""
    repeats_enough: int = 2
    """Three days in a row or more: no rival explains that."""
    round_seconds: float = 120.0
    """A time this near to a full or half hour of local time is round; chance alone gives 4 in 30."""
    several_origins: int = 3
    """From so many origin ASes on no single session explains a loss by itself."""
    many_origins: int = 10
    """From so many on they count as independent; fewer may share one building, one owner or one gateway."""
    many_providers: int = 3
    """So many foreign providers cannot share one cable or session without saying so."""
    relapse_seconds: float = 86400.0
    """Outages within this time after the end are relapses."""
    night_from_hour: int = 0
    """Maintenance windows lie between these local hours."""
    night_until_hour: int = 6
    maintenance_seconds: float = 21600.0
    """Longer than any announced window."""
    family_gap_share: float = 0.5
    """The families differ when one lost this much more than the other."""
    ratio_cap: float = 50.0
    """No likelihood ratio is printed above this."""

    def to_dict(self) -> dict[str, float | int]:
        """Name to number, in the order above."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}

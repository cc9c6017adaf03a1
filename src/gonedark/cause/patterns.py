"""The shapes that a loss can have, as questions to the features: yes, no, or not observable (None).

Begin with :data:`PATTERNS`, the codes that a report prints, or with the functions, which rules use. Ground truth 3
describes the shapes; the numbers are in :mod:`gonedark.cause.limits`.
"""

from collections.abc import Callable
from itertools import pairwise

from gonedark.cause.context import DISASTERS
from gonedark.cause.features import Features
from gonedark.cause.limits import Limits
from gonedark.model.time import HOUR_US, SECOND_US

Test = Callable[[Features, Limits], bool | None]


def cliff(seen: Features, limits: Limits) -> bool | None:
    """Everything that went, went within minutes."""
    return None if seen.onset_spread_seconds is None else seen.onset_spread_seconds <= limits.cliff_seconds


def staged(seen: Features, limits: Limits) -> bool | None:
    """Network after network, each at once, with pauses between them."""
    if seen.onset_spread_seconds is None:
        return None
    if cliff(seen, limits) or (seen.origin_spread_seconds or 0.0) > limits.cliff_seconds:
        return False
    if seen.origin_spread_seconds is None or seen.order is None:
        return None  # Of networks with one prefix each nobody can tell whether they went at once.
    times = sorted(loss.lost_at_us for loss in seen.order)
    return any(later - earlier >= limits.gap_seconds * SECOND_US for earlier, later in pairwise(times))


def slow(seen: Features, limits: Limits) -> bool | None:
    """Over an hour or more."""
    return None if seen.onset_spread_seconds is None else seen.onset_spread_seconds >= limits.decay_seconds


def decayed(seen: Features, limits: Limits) -> bool | None:
    """Frayed over an hour or more, and surely not network by network."""
    in_turn = staged(seen, limits)
    return both(slow(seen, limits), None if in_turn is None else not in_turn)


def frayed(seen: Features, limits: Limits) -> bool | None:
    """Frayed over an hour or more, as far as can be told not network by network."""
    return both(slow(seen, limits), not staged(seen, limits))


def partial(seen: Features, limits: Limits) -> bool | None:
    """Less than a national loss."""
    return None if seen.depth is None else seen.depth < limits.national_share


def national(seen: Features, limits: Limits) -> bool | None:
    """Nearly everything."""
    return None if seen.depth is None else seen.depth >= limits.national_share


def spared_some(seen: Features, limits: Limits) -> bool | None:
    """While nearly everything was lost, a network kept its addresses."""
    return None if seen.spared is None else bool(seen.spared)


def chosen_order(seen: Features, limits: Limits) -> bool | None:
    """Many networks in turn within the hour, and some spared, as in Egypt in 2011. A few buildings whose batteries end
    one after another look the same, and so do many over hours."""
    many = None if seen.origins is None else seen.origins >= limits.many_origins
    in_turn = both(staged(seen, limits), many)
    late = slow(seen, limits)
    return both(both(in_turn, None if late is None else not late), spared_some(seen, limits))


def flapped(seen: Features, limits: Limits) -> bool | None:
    """Hours of instability led up to it."""
    return None if seen.lead_up_crossings is None else seen.lead_up_crossings > 0


def quiet_before(seen: Features, limits: Limits) -> bool | None:
    """Nothing led up to it, and somebody was watching."""
    return None if seen.lead_up_crossings is None else seen.lead_up_crossings == 0


def quiet_cliff(seen: Features, limits: Limits) -> bool | None:
    """Out of calm, all at once."""
    return both(cliff(seen, limits), quiet_before(seen, limits))


def several_networks(seen: Features, limits: Limits) -> bool | None:
    """Several origin networks, and no single place explains the loss."""
    return _origins_without_place(seen, limits.several_origins)


def many_together(seen: Features, limits: Limits) -> bool | None:
    """Many independent networks, nationwide, in the same minutes."""
    many = _origins_without_place(seen, limits.many_origins)
    return both(both(many, cliff(seen, limits)), national(seen, limits))


def _origins_without_place(seen: Features, fewest: int) -> bool | None:
    if seen.origins is None:
        return None
    single = seen.where is not None and seen.where.best is not None
    return seen.origins >= fewest and not single


def few_networks(seen: Features, limits: Limits) -> bool | None:
    """So few origin networks that they may share one building, one owner or one gateway."""
    return None if seen.origins is None else seen.origins < limits.many_origins


def one_place(seen: Features, limits: Limits) -> bool | None:
    """One AS or adjacency explains the loss."""
    return None if seen.where is None else seen.where.best is not None


def one_way_in(seen: Features, limits: Limits) -> bool | None:
    """Nearly all that was lost had crossed one transit network: one line to it may have carried that."""
    return None if seen.single_transit is None else seen.single_transit[1] >= limits.explained_share


def many_providers_at_once(seen: Features, limits: Limits) -> bool | None:
    """Several foreign providers lost the country in the same minutes."""
    if seen.providers_before is None:
        return None
    many = len(seen.providers_before) >= limits.many_providers
    return both(many, both(cliff(seen, limits), national(seen, limits)))


def part_of_peers(seen: Features, limits: Limits) -> bool | None:
    """A part of the peers went on holding the routes."""
    return _held_by(limits.holders_share, seen, limits)


def many_peers_held(seen: Features, limits: Limits) -> bool | None:
    """So many went on holding the routes that stuck routes do not explain it."""
    return _held_by(limits.holders_many, seen, limits)


def _held_by(share: float, seen: Features, limits: Limits) -> bool | None:
    """At least this share of the voters, and enough of them, went on holding the routes."""
    if seen.holders_share is None:
        return None
    return seen.holders_share >= share and len(seen.holders or ()) >= limits.holders_fewest


def nobody_held(seen: Features, limits: Limits) -> bool | None:
    """Almost no peer went on holding them."""
    return None if seen.holders_share is None else not part_of_peers(seen, limits)


def repeated(seen: Features, limits: Limits) -> bool | None:
    """At the same time of day on another day too. What frays for hours has no minute at which it began."""
    return _on_other_days(1, seen, limits)


def most_repeated(seen: Features, limits: Limits) -> bool | None:
    """The same, and most of the country went: power that is rationed by timetable goes to the districts in turns."""
    most = None if seen.depth is None else seen.depth > 0.5
    return both(repeated(seen, limits), most)


def repeated_often(seen: Features, limits: Limits) -> bool | None:
    """On three days or more."""
    return _on_other_days(limits.repeats_enough, seen, limits)


def _on_other_days(fewest: int, seen: Features, limits: Limits) -> bool | None:
    return None if seen.repeats is None else seen.repeats >= fewest and not frayed(seen, limits)


def relapsed(seen: Features, limits: Limits) -> bool | None:
    """It came back, and went again within a day."""
    return None if seen.relapses is None else seen.relapses > 0


def clean_return(seen: Features, limits: Limits) -> bool | None:
    """Back at once over the same providers."""
    if seen.restoration_spread_seconds is None or seen.same_providers is None:
        return None
    return seen.same_providers and seen.restoration_spread_seconds <= limits.cliff_seconds


def other_way_back(seen: Features, limits: Limits) -> bool | None:
    """Back over other providers than before."""
    return None if seen.same_providers is None else not seen.same_providers


def round_start(seen: Features, limits: Limits) -> bool | None:
    """It began at a full or half hour of local time."""
    return seen.round_start


def night_window(seen: Features, limits: Limits) -> bool | None:
    """It began in the hours of the night that operators keep for work."""
    return seen.night_start


def too_long_for_maintenance(seen: Features, limits: Limits) -> bool | None:
    """Longer than any announced window."""
    return None if seen.duration_seconds is None else seen.duration_seconds > limits.maintenance_seconds


def families_differ(seen: Features, limits: Limits) -> bool | None:
    """One address family was lost, the other not."""
    if seen.other_family_depth is None or seen.depth is None:
        return None
    return abs(seen.depth - seen.other_family_depth) >= limits.family_gap_share


def packets_first(seen: Features, limits: Limits) -> bool | None:
    """Packets were lost before routes."""
    return None if seen.plane_lead_seconds is None else seen.plane_lead_seconds > limits.cliff_seconds


def other_customers_too(seen: Features, limits: Limits) -> bool | None:
    """Other customers of the same upstream lost routes in the same minutes."""
    return None if seen.other_customers is None else seen.other_customers[0] > 0


def other_countries_too(seen: Features, limits: Limits) -> bool | None:
    """Other countries lost routes in the same minutes."""
    return None if seen.other_countries is None else bool(seen.other_countries)


def foreign_origin(seen: Features, limits: Limits) -> bool | None:
    """Somebody else began to announce the country's prefixes."""
    return None if seen.new_origins is None else bool(seen.new_origins)


def no_foreign_origin(seen: Features, limits: Limits) -> bool | None:
    """Nobody else announced them: they went, they were not moved."""
    return None if seen.new_origins is None else not seen.new_origins


def really_withdrawn(seen: Features, limits: Limits) -> bool | None:
    """Many voters at several collectors withdrew by message while their sessions stayed up."""
    if seen.withdrawing_voters is None or seen.withdrawing_collectors is None:
        return None
    many = seen.withdrawing_voters >= limits.voters_enough
    return many and seen.withdrawing_collectors >= limits.collectors_enough


def withdrawn_at_one_collector(seen: Features, limits: Limits) -> bool | None:
    """Many voters, but one collector's word."""
    if seen.withdrawing_voters is None or seen.withdrawing_collectors is None:
        return None
    return seen.withdrawing_voters >= limits.voters_enough and seen.withdrawing_collectors < limits.collectors_enough


def few_withdrawals(seen: Features, limits: Limits) -> bool | None:
    """Fewer withdrawals by message than would settle the matter."""
    return None if seen.withdrawing_voters is None else seen.withdrawing_voters < limits.voters_enough


def voters_left(seen: Features, limits: Limits) -> bool | None:
    """Vantage points were lost in the same minutes."""
    if seen.voters_before is None or seen.voters_after is None:
        return seen.gap_at_onset
    return bool(seen.gap_at_onset) or seen.voters_after < limits.voters_kept_share * seen.voters_before


def reported(*kinds: str) -> Test:
    """The calendar that the user gave has an entry of one of these kinds near the start."""

    def test(seen: Features, limits: Limits) -> bool | None:
        if seen.calendar is None or seen.start_us is None:
            return None
        start = seen.start_us
        near = (e for e in seen.calendar if e.span.from_us - HOUR_US <= start < e.span.until_us + HOUR_US)
        return any(entry.kind in kinds for entry in near)

    return test


disaster_reported = reported(*sorted(DISASTERS))


def both(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued and: a clear no decides, else the unknown does."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _changed_provider(seen: Features, limits: Limits) -> bool | None:
    """The way in changed, without an outage of routes."""
    return not seen.loss and bool(seen.same_providers is False)


def _no_loss(seen: Features, limits: Limits) -> bool | None:
    """No outage of routes."""
    return not seen.loss


def _data_plane_only(seen: Features, limits: Limits) -> bool | None:
    """Probing saw packets lost while the routes stayed."""
    return not seen.loss and bool(seen.data_plane_lost)


PATTERNS: dict[str, Test] = {
    "no-loss-of-routes": _no_loss,
    "data-plane-only": _data_plane_only,
    "provider-change": _changed_provider,
    "unstable-then-dark": flapped,
    "cliff": cliff,
    "staged": staged,
    "decay": frayed,
    "partial": partial,
    "spared-network": spared_some,
    "part-of-peers": part_of_peers,
    "daily-window": repeated,
    "relapses": relapsed,
    "one-family-only": families_differ,
    "packets-first": packets_first,
}
"""Code to test, in the order in which reports print them. ``docs/causes.md`` explains each."""


def patterns(seen: Features, limits: Limits) -> tuple[str, ...]:
    """Codes of the shapes that the loss has."""
    return tuple(code for code, test in PATTERNS.items() if test(seen, limits))

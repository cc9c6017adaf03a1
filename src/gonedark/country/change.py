"""Exposure at two dates, compared: who came, who went, and whether the class changed.

Begin with :func:`change`. Not for outages: a second provider is news, its absence is none.
"""

from gonedark.model.exposure import Exposure, ExposureChange
from gonedark.model.thresholds import Thresholds


def change(before: Exposure, after: Exposure, rules: Thresholds) -> ExposureChange:
    """Differences of one family. Providers count from the threshold's share on, so that a stray route is no news, and
    came or went only where they carried next to nothing at the other date."""
    old, new = _providers(before, rules.provider_share), _providers(after, rules.provider_share)
    gained = new - _providers(before, rules.provider_gone_share)
    lost = old - _providers(after, rules.provider_gone_share)
    old_frontier = {row.network.asn for row in before.frontier}
    new_frontier = {row.network.asn for row in after.frontier}
    return ExposureChange(
        family=after.family,
        from_us=before.at_us,
        until_us=after.at_us,
        providers_gained=tuple(sorted(gained)),
        providers_lost=tuple(sorted(lost)),
        frontier_gained=tuple(sorted(new_frontier - old_frontier)),
        frontier_lost=tuple(sorted(old_frontier - new_frontier)),
        class_before=before.risk_class,
        class_after=after.risk_class,
        units_before=before.census.units,
        units_after=after.census.units,
    )


def _providers(found: Exposure, share: float) -> set[int]:
    return {row.network.asn for row in found.providers if row.share >= share}

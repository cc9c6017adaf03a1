"""Over which foreign networks a country's prefixes are reached.

Begin with :func:`providers`. The first foreign AS on a path, walking from the origin outwards, is the provider. Not for
hegemony or frontiers.
"""

from collections import defaultdict
from collections.abc import Callable

from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import AsPath
from gonedark.table.snapshot import Snapshot
from gonedark.table.timeline import Timeline


def first_foreign(path: AsPath, is_domestic: Callable[[int], bool]) -> int | None:
    """The first foreign AS outward from the origin; None where the path never leaves the country or is empty.

    An AS_SET counts as foreign only where all its members are, and then names nobody: it is passed over.
    """
    for hop in reversed(path):
        if len(hop) != 1:
            continue
        if not is_domestic(hop[0]):
            return hop[0]
    return None


def origin(path: AsPath) -> int | None:
    """The origin AS, or None for an empty path or an AS_SET."""
    return path[-1][0] if path and len(path[-1]) == 1 else None


def providers(
    timeline: Timeline, table: Snapshot, is_domestic: Callable[[int], bool], rules: Thresholds
) -> dict[int, float]:
    """Foreign providers with their share of (voter, address) weight, those below the threshold left out.

    Each voter ASN weighs the same, its sessions share that weight; each prefix weighs its addresses.
    """
    sessions = [timeline.sessions[index] for index in table.voting.tolist()]
    feeds: dict[int, int] = defaultdict(int)
    for session in sessions:
        if not is_domestic(session.asn):
            feeds[session.asn] += 1
    weight: dict[int, float] = defaultdict(float)
    sizes = [last - first + 1 for first, last in (prefix.unit_range() for prefix in timeline.prefixes)]
    adjacent = [first_foreign(path, is_domestic) for path in timeline.paths]
    total = 0.0
    rows = zip(table.session.tolist(), table.prefix.tolist(), table.path.tolist(), strict=True)
    for session_id, prefix, path in rows:
        asn = timeline.sessions[session_id].asn
        provider = adjacent[path]
        if asn not in feeds or provider is None:
            continue
        part = sizes[prefix] / feeds[asn]
        weight[provider] += part
        total += part
    shares = {asn: value / total for asn, value in weight.items()}
    return {asn: share for asn, share in sorted(shares.items()) if share >= rules.provider_share}


def origins(timeline: Timeline, table: Snapshot) -> dict[int, int]:
    """The origin AS of every prefix held, as most routes have it (ties: the lowest number): prefix id to ASN."""
    counts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    names = [origin(path) for path in timeline.paths]
    for prefix, path in zip(table.prefix.tolist(), table.path.tolist(), strict=True):
        asn = names[path]
        if asn is not None:
            counts[prefix][asn] += 1
    return {prefix: min(found, key=lambda asn: (-found[asn], asn)) for prefix, found in counts.items()}

"""Who saw the loss and how: withdrawals by message, peers that kept the routes, voters that left, new origins.

Begin with any function; each takes the study and answers one question. Sessions inside the country are left out
everywhere: they keep routes when the country is cut off.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from gonedark.cause.losses import Losses
from gonedark.country.units import touching
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study
from gonedark.table.changes import NO_PATH
from gonedark.table.paths import NO_ASN
from gonedark.table.sessions import UP
from gonedark.table.snapshot import Snapshot, snapshot

_SAMPLES = (0.1, 0.3, 0.5, 0.7, 0.9)
_FEWEST_SEEING_ORIGIN = 3


def withdrawals(found: Study, taken: Losses, span: TimeSpan) -> tuple[int, int]:
    """How many foreign ASNs, and at how many collectors, withdrew lost prefixes by message within the span, while their
    sessions were up: what a dump shows to be gone after a gap is no message."""
    who: set[int] = set()
    for routes in found.timeline.changes(span.from_us, span.until_us):
        rows = np.flatnonzero((routes.path == NO_PATH) & taken.lost[routes.prefix])
        rows = rows[_was_up(found, routes.session[rows], routes.time_us[rows])]
        who.update(np.unique(routes.session[rows]).tolist())
    sessions = [found.timeline.sessions[index] for index in who]
    foreign = [session for session in sessions if not found.attribution.is_domestic(session.asn)]
    return len({session.asn for session in foreign}), len({session.collector for session in foreign})


def _was_up(found: Study, session: NDArray[np.int32], time_us: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each session was up just before its moment."""
    states = found.timeline.states
    order = np.lexsort((states.time_us, states.session))
    sessions, times, values = states.session[order], states.time_us[order], states.value[order]
    up = np.zeros(len(session), dtype=bool)
    for one in np.unique(session).tolist():
        first, last = np.searchsorted(sessions, [one, one + 1])
        mine = np.flatnonzero(session == one)
        at = first + np.searchsorted(times[first:last], time_us[mine]) - 1
        up[mine] = (at >= first) & (values[np.maximum(at, 0)] == UP)
    return up


def holders(found: Study, taken: Losses, span: TimeSpan) -> tuple[float | None, tuple[int, ...] | None]:
    """Mean share of the voters that held lost prefixes within the span, weighted by addresses, and the ASNs that held
    some of them at every moment looked at; None where nobody voted. What was visible again at a moment had come back
    by then: whoever holds that has not gone on holding it."""
    shares: list[float] = []
    always: set[int] | None = None
    for at in _SAMPLES:
        at_us = span.from_us + max(1, int(span.duration_us * at))
        missing = taken.lost & ~_visible(found, at_us)
        held, voters = _held(found, taken, missing, snapshot(found.timeline, at_us))
        if not voters or not missing.any():
            continue
        shares.append(sum(held.values()) / (float(taken.sizes[missing].sum()) * len(voters)))
        always = set(held) if always is None else always & set(held)
    if not shares:
        return None, None
    return float(np.mean(shares)), tuple(sorted(always or ()))


def _visible(found: Study, at_us: int) -> NDArray[np.bool_]:
    """Which prefixes were visible just before a moment."""
    flips = found.visibility.flips
    rows = np.flatnonzero((flips.share == 0) & (flips.time_us < at_us))
    visible = np.zeros(len(found.timeline.prefixes), dtype=bool)
    visible[flips.prefix[rows]] = flips.visible[rows] > 0
    return visible


def _held(
    found: Study, taken: Losses, missing: NDArray[np.bool_], table: Snapshot
) -> tuple[dict[int, float], set[int]]:
    """Missing addresses that each foreign voter still holds (each prefix once), and all foreign voters."""
    sessions = found.timeline.sessions
    voters = {asn for index in table.voting.tolist() if not _domestic(found, asn := sessions[index].asn)}
    kept: dict[int, set[int]] = defaultdict(set)
    rows = np.flatnonzero(missing[table.prefix])
    for session, prefix in zip(table.session[rows].tolist(), table.prefix[rows].tolist(), strict=True):
        asn = sessions[session].asn
        if asn in voters:
            kept[asn].add(prefix)
    return {asn: float(sum(taken.sizes[prefix] for prefix in mine)) for asn, mine in kept.items()}, voters


def voters_around(found: Study, before_us: int, after_us: int) -> tuple[int | None, int | None]:
    """Voters just before one moment and at another; None where nothing was recorded yet."""
    steps = found.visibility.voters
    if not len(steps):
        return None, None
    first = int(np.searchsorted(steps[:, 0], before_us)) - 1
    later = int(np.searchsorted(steps[:, 0], after_us, side="right")) - 1
    return (int(steps[first, 1]) if first >= 0 else None), (int(steps[later, 1]) if later >= 0 else None)


def new_origins(found: Study, taken: Losses, before: Snapshot, span: TimeSpan) -> tuple[int, ...]:
    """Foreign ASes that were not seen as origin before and were, by three or more ASNs, within the span: of the
    baseline's prefixes, of parts of them, or of shorter ones around them."""
    timeline = found.timeline
    theirs = touching(timeline.prefixes, taken.baseline)
    names = timeline.paths.origins()
    known = {NO_ASN, *np.unique(names[before.path]).tolist()}
    seen: dict[int, set[int]] = defaultdict(set)
    for routes in timeline.changes(span.from_us, span.until_us):
        rows = np.flatnonzero((routes.path != NO_PATH) & theirs[routes.prefix])
        pairs = np.unique(np.stack([routes.session[rows], names[routes.path[rows]]]), axis=1)
        for session, asn in pairs.T.tolist():
            if asn not in known and not _domestic(found, asn):
                seen[asn].add(timeline.sessions[session].asn)
    return tuple(sorted(asn for asn, watchers in seen.items() if len(watchers) >= _FEWEST_SEEING_ORIGIN))


def _domestic(found: Study, asn: int) -> bool:
    return found.attribution.is_domestic(asn)

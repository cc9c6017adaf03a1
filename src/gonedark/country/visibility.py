"""Which national prefixes are visible, by how many voters, instant by instant.

Begin with :func:`visibility`. Voters are peer ASNs outside the country with a session that is up and full feed; an ASN
carries a prefix when at least half of its voting sessions hold it; a prefix is visible when at least half of the voters
carry it, over any path and any origin. A fall that voters' coming and going alone would explain starts nothing: it
counts only with withdrawals by voters that are there. Not for addresses and levels.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.country.sweep_loop import sweep
from gonedark.model.thresholds import Thresholds
from gonedark.table.timeline import Timeline

_OPEN = 1 << 62
"""End of a span that is not over."""


@dataclass(frozen=True, eq=False, slots=True)
class Flips:
    """Changes of visibility in order of time: at ``time_us`` ``prefix`` becomes visible (1) or not (0) at ``share``."""

    time_us: NDArray[np.int64]
    share: NDArray[np.int32]
    prefix: NDArray[np.int32]
    visible: NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class Visibility:
    """Flips at several shares of the voters, and the electorate.

    ``voters`` and ``expected`` are (n, 2) steps of time and number: voters now, and ASNs that voted at any time within
    the horizon. ``asns`` are all that ever voted.
    """

    shares: tuple[float, ...]
    flips: Flips
    voters: NDArray[np.int64]
    expected: NDArray[np.int64]
    asns: tuple[int, ...]


def visibility(
    timeline: Timeline,
    accept: Callable[[int], bool],
    shares: tuple[float, ...],
    thresholds: Thresholds,
) -> Visibility:
    """Replay the timeline with the votes of the sessions whose ASN is accepted."""
    asns = sorted({session.asn for session in timeline.sessions if accept(session.asn)})
    voter_of = {asn: index for index, asn in enumerate(asns)}
    asn_of = np.array([voter_of.get(session.asn, -1) for session in timeline.sessions], dtype=np.int32)
    flips, voters = sweep(
        # Where nobody is asked there is nothing to replay.
        _columns(timeline) if asns else (),
        _specials(timeline, asn_of >= 0),
        asn_of,
        len(timeline.prefixes),
        max(1, len(asns)),
        shares,
        thresholds.carrier_share,
    )
    voted, expected = _expected(timeline, asn_of, thresholds.horizon_us)
    return Visibility(shares, Flips(*flips), voters, expected, tuple(asns[index] for index in voted))


def _columns(timeline: Timeline) -> Iterator[tuple[NDArray[Any], ...]]:
    """The changes as the sweep takes them."""
    for routes in timeline.changes():
        if len(routes.time_us):
            yield tuple(map(np.ascontiguousarray, (routes.time_us, routes.session, routes.prefix, routes.path)))


def _specials(timeline: Timeline, chosen: NDArray[np.bool_]) -> Iterator[tuple[int, list[int], list[tuple[int, int]]]]:
    """Instants at which chosen sessions lost their routes, or began or ceased to vote."""
    resets: dict[int, list[int]] = defaultdict(list)
    votes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for time_us, session in timeline.resets[chosen[timeline.resets[:, 1]]].tolist():
        resets[time_us].append(session)
    feeds = timeline.feeds
    rows = np.flatnonzero(chosen[feeds.session])
    columns = (feeds.time_us, feeds.session, feeds.value)
    for time_us, session, value in zip(*(column[rows].tolist() for column in columns), strict=True):
        votes[time_us].append((session, value))
    for time_us in sorted({*resets, *votes}):
        yield time_us, resets.get(time_us, []), votes.get(time_us, [])


def _expected(timeline: Timeline, asn_of: NDArray[np.int32], horizon_us: int) -> tuple[list[int], NDArray[np.int64]]:
    """Voters that ever were, and steps of how many voted at any time within the horizon before."""
    steps: dict[int, int] = defaultdict(int)
    voted = _voting_spans(timeline, asn_of)
    for spans in voted.values():
        reached: int | None = None
        for begin, end in spans:
            if reached is None or begin > reached:
                steps[begin] += 1
                if reached is not None:
                    steps[reached] -= 1
            reached = end + horizon_us
            if end == _OPEN:
                break
        else:
            if reached is not None:
                steps[reached] -= 1
    times = sorted(steps)
    counts = np.cumsum([steps[time] for time in times], dtype=np.int64)
    return sorted(voted), np.stack([np.array(times, dtype=np.int64), counts], axis=1)


def _voting_spans(timeline: Timeline, asn_of: NDArray[np.int32]) -> dict[int, list[tuple[int, int]]]:
    """For every voter index the spans in which at least one of its sessions voted; the last may be open."""
    voting: dict[int, set[int]] = defaultdict(set)
    since: dict[int, int] = {}
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    feeds = timeline.feeds
    for time, session, value in zip(feeds.time_us.tolist(), feeds.session.tolist(), feeds.value.tolist(), strict=True):
        asn = int(asn_of[session])
        if asn < 0:
            continue
        mine = voting[asn]
        if value and not mine:
            since[asn] = time
        (mine.add if value else mine.discard)(session)
        if not value and not mine:
            spans[asn].append((since.pop(asn), time))
    for asn, begin in since.items():
        spans[asn].append((begin, _OPEN))
    return spans

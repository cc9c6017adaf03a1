"""What the report's numbers rest on, and what must be said with them.

Begin with :func:`evidence_of` and :func:`warnings_of`. Causes are weighed elsewhere; here are only observations.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from gonedark.model.report import Evidence, Outage, Report
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import format_time
from gonedark.outage.study import Study


def evidence_of(report: Report, studies: Sequence[Study]) -> tuple[Evidence, ...]:
    """Observations behind the outages, with ids that are stable for one report."""
    by_family = {found.family: found for found in studies}
    found = [item for outage in report.outages for item in _of_outage(outage, by_family[outage.family])]
    found += [item for one in studies if one.has_baseline for item in _of_family(one)]
    return tuple(found)


def _of_family(found: Study) -> Iterator[Evidence]:
    yield Evidence(
        f"{found.family}/rib-mismatches",
        "Routes in table dumps that contradict sessions that were up and had not changed near the dump",
        found.timeline.mismatches,
        "table dumps against updates",
    )
    yield Evidence(
        f"{found.family}/swings",
        "Moves of at least a tenth of the baseline addresses, each held a minute or more",
        [{"time": format_time(swing.time_us), "direction": swing.direction} for swing in found.levels.swings],
        "visible series",
    )


def _of_outage(outage: Outage, found: Study) -> Iterator[Evidence]:
    spell = next((one for one in found.spells if outage.id.endswith(_stamp(one.start_us))), None)
    if spell is None:
        return
    until_us = spell.until_us(found.levels.until_us)
    if outage.start_us is None:
        yield Evidence(
            f"{outage.id}/began-before",
            "The outage began before the window; the data before it show when",
            format_time(spell.start_us),
            "data before the window",
        )
    if spell.start_blind is not None:
        yield Evidence(
            f"{outage.id}/start-blind",
            "The outage began while the country could not be watched; its start is the end of that time",
            [format_time(spell.start_blind.from_us), format_time(spell.start_blind.until_us)],
            "coverage",
        )
    if spell.end_blind is not None:
        yield Evidence(
            f"{outage.id}/end-blind",
            "The outage ended while the country could not be watched; its end is the end of that time",
            [format_time(spell.end_blind.from_us), format_time(spell.end_blind.until_us)],
            "coverage",
        )
    yield from _peers(outage, found, spell.start_us, until_us)


def _stamp(time_us: int) -> str:
    return format_time(time_us).replace("-", "").replace(":", "")


def _peers(outage: Outage, found: Study, start_us: int, until_us: int) -> Iterator[Evidence]:
    """The first and the last voter to lose the last baseline prefix it held, and those that never did."""
    chosen = found.levels.baselines.at(start_us)
    if chosen is None:
        return
    timeline, routes = found.timeline, found.timeline.routes
    stop = int(np.searchsorted(routes.time_us, until_us))
    holding: dict[int, set[int]] = {}
    lost: dict[int, int] = {}
    voted = {int(session) for session in np.unique(timeline.feeds.session)}
    rows = np.flatnonzero(chosen[0][routes.prefix[:stop]])
    for time_us, session, prefix, path in zip(
        routes.time_us[rows].tolist(),
        routes.session[rows].tolist(),
        routes.prefix[rows].tolist(),
        routes.path[rows].tolist(),
        strict=True,
    ):
        if session not in voted or found.attribution.is_domestic(timeline.sessions[session].asn):
            continue
        mine = holding.setdefault(session, set())
        if path >= 0:
            mine.add(prefix)
            lost.pop(session, None)
        else:
            mine.discard(prefix)
            if not mine and time_us >= (outage.start_earliest_us or start_us):
                lost[session] = time_us
    kept = sorted(session for session, mine in holding.items() if mine)
    if lost:
        first, last = min(lost, key=lambda one: (lost[one], one)), max(lost, key=lambda one: (lost[one], one))
        for name, session in (("first", first), ("last", last)):
            peer = timeline.sessions[session]
            yield Evidence(
                f"{outage.id}/{name}-peer",
                f"The {name} full-feed session to lose everything of the baseline",
                {
                    "collector": peer.collector,
                    "peer_asn": peer.asn,
                    "peer_address": peer.address,
                    "time": format_time(lost[session]),
                },
                "updates",
            )
    yield Evidence(
        f"{outage.id}/sessions-kept",
        "Full-feed sessions outside the country that held a route of the baseline to the end of the outage",
        len(kept),
        "updates",
    )


def warnings_of(report: Report, studies: Sequence[Study], rules: Thresholds) -> tuple[str, ...]:
    """What a reader must know before quoting a number."""
    found: list[str] = []
    voters = report.coverage.voters
    if 0 < voters < rules.fewest_voters:
        feeds = "one full feed" if voters == 1 else f"{voters} full feeds"
        found.append(
            f"Only {feeds} outside the country watched: a route that is seen proves that it was there, "
            f"but a loss cannot be told with fewer than {rules.fewest_voters}."
        )
    if any(outage.start_us is None for outage in report.outages):
        found.append("The window opens inside an outage: how long it lasted before is not part of the window.")
    if any(found_.domestic.asns for found_ in studies):
        found.append("Peers inside the country do not vote; what they still routed is shown apart.")
    return tuple(found)

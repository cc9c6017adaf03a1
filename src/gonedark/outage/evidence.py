"""What the report's numbers rest on, and what must be said with them.

Begin with :func:`evidence_of` and :func:`warnings_of`. Causes are weighed elsewhere; here are only observations.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family
from gonedark.model.report import Evidence, Outage, Report
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, SECOND_US, TimeSpan, format_time
from gonedark.outage.abroad import ABROAD, Abroad, abroad
from gonedark.outage.clocks import CLOCK, disagreements
from gonedark.outage.decline import DECLINED, Decline, decline
from gonedark.outage.detours import DETOUR, detours
from gonedark.outage.fewer import FEWER, seen_by_fewer
from gonedark.outage.full_tables import too_small
from gonedark.outage.growth import GROWN, growth
from gonedark.outage.half_seen import GONE_BEFORE, HALF_SEEN, gone_before, half_seen
from gonedark.outage.lately import LATELY_BACK, LATELY_LOST, lately_back, lately_lost
from gonedark.outage.minority import MINORITY, seen_by_minority
from gonedark.outage.missing import MISSING, missing_networks
from gonedark.outage.moves import MOVED, Move, moved
from gonedark.outage.origins import ORIGIN_CHANGE, OriginChange
from gonedark.outage.settled import SETTLED, settled
from gonedark.outage.study import Study
from gonedark.table.timeline import Timeline

Changes = Mapping[Family, Sequence[OriginChange]]
"""Other origins of a part of what is usual, by family."""


def evidence_of(report: Report, studies: Sequence[Study], changes: Changes, rules: Thresholds) -> tuple[Evidence, ...]:
    """Observations behind the outages, with ids that are stable for one report."""
    by_family = {found.family: found for found in studies}
    found = [
        item for outage in report.outages for item in _of_outage(outage, by_family[outage.family], report.window, rules)
    ]
    for one in studies:
        if one.has_baseline:
            found += _of_family(one, changes[one.family], report.window, rules)
    return tuple(found)


def _of_family(
    found: Study, changes: Sequence[OriginChange], window: TimeSpan, rules: Thresholds
) -> Iterator[Evidence]:
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
    for change in changes:
        yield Evidence(
            f"{found.family}/{ORIGIN_CHANGE}/AS{change.asn}",
            "Another network than before announced a tenth or more of the usual addresses to half of the voters",
            {
                "asn": change.asn,
                "domestic": change.is_domestic,
                "since": format_time(change.since_us),
                "addresses": change.addresses,
                "before": change.before,
                "lasting": change.lasting,
            },
            "routes of the voting sessions",
        )
    for detour in detours(found, window, rules):
        yield Evidence(
            f"{found.family}/{DETOUR}/AS{detour.asn}",
            "At some time half of the routes or more led over a provider that carried next to none of them when the "
            "window begins and ends"
            if detour.is_provider
            else "At some time a quarter of the routes or more led over a network further out that was on next to none "
            "of their paths when the window begins and ends",
            {
                "asn": detour.asn,
                "share": detour.share,
                "provider": detour.is_provider,
                "from": format_time(detour.span.from_us),
                "until": format_time(detour.span.until_us),
            },
            "routes of the voting sessions",
        )
    foreign = abroad(found, rules)
    if foreign is not None:
        yield Evidence(
            f"{found.family}/{ABROAD}",
            "ASes not registered in the country announce a tenth or more of its usual addresses; over whom they are "
            "reached is not told among the providers",
            {"asns": list(foreign.asns), "share": foreign.share, "nameless": list(foreign.nameless)},
            "routes of the voting sessions",
        )
    for skew in found.clocks:
        yield Evidence(
            f"{found.family}/{CLOCK}/{skew.collector}",
            "The collector's records of losses and their ends are dated so many seconds later than the others' "
            "(negative: earlier)",
            {
                "collector": skew.collector,
                "seconds": skew.offset_us / SECOND_US,
                "events": skew.events,
                "named": skew.is_named,
                "votes": skew.votes,
            },
            "updates of all collectors",
        )
    move = moved(found.levels, window, rules)
    if move is not None:
        yield Evidence(
            f"{found.family}/{MOVED}",
            "Usual addresses were gone, and as many others of the same networks were visible in their place: counted "
            "as moved, not as lost",
            {
                "addresses": move.addresses,
                "from": format_time(move.span.from_us),
                "until": format_time(move.span.until_us),
            },
            "visible series",
        )
    grown = growth(found.levels, rules)
    if grown is not None:
        yield Evidence(
            f"{found.family}/{GROWN}",
            "What was visible at first was less than in the end; whether the rest had been down or was new "
            "cannot be told",
            {"first": grown.first, "usual": grown.usual, "since": format_time(grown.since_us)},
            "visible series",
        )
    for one in missing_networks(found, window, rules):
        yield Evidence(
            f"{found.family}/{MISSING}/AS{one.asn}",
            "A network was gone as a whole while the country was not; too little of it for an outage of the country",
            {
                "asn": one.asn,
                "addresses": one.addresses,
                "usual": one.usual_addresses,
                "from": format_time(one.span.from_us),
                "until": None if one.is_open else format_time(one.span.until_us),
            },
            "visibility of each origin network's prefixes",
        )
    yield from _undecided(found, window, rules)
    less = decline(found.levels.baselines, window, rules)
    if less is not None:
        yield Evidence(
            f"{found.family}/{DECLINED}",
            "What was usual went down little by little, never as fast as an outage takes; whether it was given up or "
            "lost cannot be told",
            {
                "usual": less.usual,
                "fewest": less.fewest,
                "last": less.last,
                "from": format_time(less.span.from_us),
                "until": format_time(less.span.until_us),
            },
            "visible series",
        )


def _undecided(found: Study, window: TimeSpan, rules: Thresholds) -> Iterator[Evidence]:
    """Losses that are none by the definitions: of some voters, of the last minutes, and next to blind time."""
    fewer = seen_by_fewer(found.levels, found.spells, window, rules)
    if fewer is not None:
        yield Evidence(
            f"{found.family}/{FEWER}",
            "More than a quarter of the voters ceased to see half of the usual addresses or more, while most went on "
            "seeing them",
            {
                "addresses": fewer.addresses,
                "from": format_time(fewer.span.from_us),
                "until": format_time(fewer.span.until_us),
            },
            "visible series",
        )
    late = lately_lost(found, window, rules)
    if late is not None:
        yield Evidence(
            f"{found.family}/{LATELY_LOST}",
            "Less than usual was visible when watching ended, for less time than an outage takes; whether it lasts is "
            "not known",
            {
                "from": format_time(late.span.from_us),
                "until": format_time(late.span.until_us),
                "prefixes": late.prefixes,
                "addresses": late.addresses,
                "hidden": late.hidden,
            },
            "visible series",
        )
    yield from _half_seen(found, window, rules)


def _half_seen(found: Study, window: TimeSpan, rules: Thresholds) -> Iterator[Evidence]:
    """Losses next to blind time and within it, and the outage before the window."""
    parts = half_seen(found, window, rules)
    if parts:
        yield Evidence(
            f"{found.family}/{HALF_SEEN}",
            "Less than usual was visible, for less time than an outage takes, right before or after time that nobody "
            "watched; how long it lasted is not known",
            [
                {
                    "from": format_time(part.span.from_us),
                    "until": format_time(part.span.until_us),
                    "prefixes": part.prefixes,
                    "addresses": part.addresses,
                    "unwatched": "both" if part.before and part.after else "before" if part.before else "after",
                }
                for part in parts
            ],
            "visible series",
        )
    few = seen_by_minority(found, window, rules)
    if few is not None:
        yield Evidence(
            f"{found.family}/{MINORITY}",
            "Less than usual was visible to those that watched while they were fewer than half of the expected voters: "
            "too few to tell a loss",
            {
                "from": format_time(few.span.from_us),
                "until": format_time(few.span.until_us),
                "prefixes": few.prefixes,
                "addresses": few.addresses,
                "voters": few.voters,
                "expected": few.expected,
            },
            "visible series",
        )
    gone = gone_before(found, window, rules)
    if gone is not None:
        yield Evidence(
            f"{found.family}/{GONE_BEFORE}",
            "An outage before the window, of which the window shows nothing; whether it was over when the window opens "
            "is not known",
            {
                "from": format_time(gone.span.from_us),
                "until": format_time(gone.span.until_us),
                "back": None if gone.back_us is None else format_time(gone.back_us),
            },
            "data before the window",
        )


def _of_outage(outage: Outage, found: Study, window: TimeSpan, rules: Thresholds) -> Iterator[Evidence]:
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
    back = lately_back(found, spell, window, rules)
    if back is not None:
        yield Evidence(
            f"{outage.id}/{LATELY_BACK}",
            "As much as usual was visible when watching ended, for less time than a return takes; whether it lasts is "
            "not known",
            {"from": format_time(back.span.from_us), "until": format_time(back.span.until_us)},
            "visible series",
        )
    still = settled(found.levels, spell, rules)
    if still is not None:
        yield Evidence(
            f"{outage.id}/{SETTLED}",
            "What was left has hardly changed for a day or more; addresses that were given up for good look the same",
            {"addresses": still.addresses, "since": format_time(still.since_us)},
            "visible series",
        )
    yield from _peers(outage, found, spell.start_us, until_us)


def _stamp(time_us: int) -> str:
    return format_time(time_us).replace("-", "").replace(":", "")


def _peers(outage: Outage, found: Study, start_us: int, until_us: int) -> Iterator[Evidence]:
    """The first and the last voting session to lose everything of the baseline, and how many never did."""
    chosen = found.levels.baselines.at(start_us)
    if chosen is None:
        return
    lost, kept = _losses(found, chosen[0], start_us, until_us)
    if lost:
        by_time = sorted(lost, key=lambda session: (lost[session], session))
        for name, session in (("first", by_time[0]), ("last", by_time[-1])):
            peer = found.timeline.sessions[session]
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
        "Full-feed sessions outside the country that held some route of the baseline all through the outage",
        kept,
        "updates",
    )


def _losses(found: Study, baseline: NDArray[np.bool_], start_us: int, until_us: int) -> tuple[dict[int, int], int]:
    """When each voting session came to hold nothing of the baseline, and how many held something all through.

    A session that lost everything within the hour before the start, and had none of it back by then, was among the
    first to lose the country: the start is when half of the voters had.
    """
    timeline = found.timeline
    voted = {int(session) for session in np.unique(timeline.feeds.session)}
    foreign = {session for session in voted if not found.attribution.is_domestic(timeline.sessions[session].asn)}
    holding: dict[int, set[int]] = {session: set() for session in foreign}
    lost: dict[int, int] = {}
    held: set[int] | None = None
    for time_us, session, prefix, path in _changes(timeline, baseline, until_us):
        if held is None and time_us >= start_us:
            held = {one for one, mine in holding.items() if mine}
        mine = holding.get(session)
        if mine is None:
            continue
        if path >= 0:
            mine.add(prefix)
            if time_us < start_us:
                lost.pop(session, None)
        elif prefix in mine:
            mine.remove(prefix)
            if not mine:
                lost.setdefault(session, time_us)
    kept = {one for one, mine in holding.items() if mine} if held is None else held
    return {one: time_us for one, time_us in lost.items() if time_us >= start_us - HOUR_US}, len(kept - set(lost))


def _changes(timeline: Timeline, baseline: NDArray[np.bool_], until_us: int) -> Iterator[tuple[int, int, int, int]]:
    """Time, session, prefix and path of the baseline's changes before a moment."""
    for routes in timeline.changes(until_us=until_us):
        rows = np.flatnonzero(baseline[routes.prefix])
        columns = (routes.time_us, routes.session, routes.prefix, routes.path)
        yield from zip(*(column[rows].tolist() for column in columns), strict=True)


def warnings_of(report: Report, studies: Sequence[Study], changes: Changes, rules: Thresholds) -> tuple[str, ...]:
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
    largest = max((one.timeline.largest for one in studies if one.family == "ipv4"), default=0)
    full = too_small(largest, report.window.from_us) if report.kind == "measurement" else None
    if full is not None:
        found.append(
            f"The largest table that was read has {largest:,} IPv4 prefixes, and the Internet had over {full:,} at the "
            "time: no peer gave a full table. They are weighed as if they had, and may not speak for the rest."
        )
    for one in studies:
        units = "addresses" if one.family == "ipv4" else "IPv6 /48s"
        found += [_of_origin(change, units) for change in changes[one.family] if not change.is_domestic]
        foreign = abroad(one, rules)
        if foreign is not None:
            found.append(_of_abroad(foreign, units))
        found += disagreements(one.clocks)
        move = moved(one.levels, report.window, rules)
        if move is not None:
            found.append(_of_move(move, units))
        grown = growth(one.levels, rules)
        if grown is not None:
            found.append(
                f"When the data begin, {grown.first:,} {units} were visible; {grown.usual:,} are in the end (since "
                f"{format_time(grown.since_us)}). The rest may be new, or an outage may have been going on when the "
                "data begin."
            )
        less = decline(one.levels.baselines, report.window, rules)
        if less is not None:
            found.append(_of_decline(less, units))
    if any(found_.domestic.asns for found_ in studies):
        found.append("Peers inside the country do not vote; what they still routed is shown apart.")
    return tuple(found)


def _of_abroad(foreign: Abroad, units: str) -> str:
    names = _listed(foreign.asns)
    return (
        f"{names}, not registered in the country, {'announces' if len(foreign.asns) == 1 else 'announce'} "
        f"{round(100 * foreign.share)} % of its usual {units}. Whether these are its own networks or operators abroad "
        "is not known; they are not counted among its providers, nor are theirs."
        f"{_of_nameless(foreign.nameless)}"
    )


def _of_nameless(asns: Sequence[int]) -> str:
    if not asns:
        return ""
    return (
        f" Paths that end with a number for private use ({_listed(asns)}) count as announced by the network before it, "
        "though who uses the number may be the country's own."
    )


def _listed(asns: Sequence[int]) -> str:
    return ", ".join(f"AS{asn}" for asn in asns[:3]) + (" and others" if len(asns) > 3 else "")


def _of_move(move: Move, units: str) -> str:
    return (
        f"From {format_time(move.span.from_us)} until {format_time(move.span.until_us)} up to {move.addresses:,} of "
        f"{move.usual_addresses:,} usual {units} were gone, and as many others of the same networks were visible in "
        "their place. That is counted as a move; a loss of the old ones beside new ones would look the same."
    )


def _of_decline(less: Decline, units: str) -> str:
    back = "" if less.last == less.fewest else f" In the end it is {less.last:,}."
    return (
        f"What is usual went down little by little, from {less.usual:,} {units} ({format_time(less.span.from_us)}) to "
        f"{less.fewest:,} ({format_time(less.span.until_us)}), never as fast as an outage takes.{back} Whether the "
        "rest was given up or lost cannot be told."
    )


def _of_origin(change: OriginChange, units: str) -> str:
    before = _listed(change.before)
    return (
        f"From {format_time(change.since_us)} on AS{change.asn}, not registered in the country, announced "
        f"{change.addresses:,} of its {change.usual_addresses:,} usual {units} (before: {before})"
        f"{'' if change.lasting else ', but not in the end'}. Whether traffic still arrived is not known."
    )

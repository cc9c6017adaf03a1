"""Visibility and address space against slow readings of their definitions."""

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gonedark.country.space import NationalSpace, country_units
from gonedark.country.visibility import Flips, visibility
from gonedark.model.attribution import Attribution
from gonedark.model.prefix import Prefix
from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import RouteColumns, Session, Stretch, kept
from gonedark.table.sessions import Steps
from gonedark.table.timeline import Timeline

SESSIONS = tuple(Session(f"rrc0{at % 2}", 100 + at // 2, f"192.0.2.{at}") for at in range(6))
PREFIXES = tuple(Prefix.parse(text) for text in ("10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/23"))

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["route", "route", "route", "feed", "reset"]),
        st.integers(0, len(SESSIONS) - 1),
        st.integers(0, len(PREFIXES) - 1),
        st.booleans(),
    ),
    max_size=60,
)


def stretch_of(rows: NDArray[np.int64]) -> Stretch:
    session, prefix, path = (rows[:, at].astype(np.int32) for at in (1, 2, 3))
    none = np.full(len(rows), -1, dtype=np.int32)
    return kept(RouteColumns(rows[:, 0], session, prefix, path, none, none > 0))


def timeline_of(events: list[tuple[str, int, int, bool]], most: int = 1 << 20) -> Timeline:
    """One event a second; a reset also takes the vote away, as a session that is down does not vote.

    Routes come in stretches of at most so many.
    """
    routes, feeds, resets = [], [], []
    votes = dict.fromkeys(range(len(SESSIONS)), False)
    for time, (kind, session, prefix, value) in enumerate(events):
        if kind == "route":
            routes.append((time, session, prefix, 0 if value else -1))
        elif kind == "feed" and votes[session] != value:
            feeds.append((time, session, int(value)))
            votes[session] = value
        elif kind == "reset":
            resets.append((time, session))
            if votes[session]:
                feeds.append((time, session, 0))
                votes[session] = False
    table = np.array(routes, dtype=np.int64).reshape(-1, 4)
    steps = np.array(feeds, dtype=np.int64).reshape(-1, 3)
    empty = Steps(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))
    return Timeline(
        "ipv4",
        SESSIONS,
        PREFIXES,
        (((100,), (65000,)),),
        tuple(stretch_of(rows) for rows in np.split(table, range(most, len(table), most))),
        np.array(resets, dtype=np.int64).reshape(-1, 2),
        empty,
        Steps(steps[:, 0], steps[:, 1].astype(np.int32), steps[:, 2]),
        0,
    )


def slow(events: list[tuple[str, int, int, bool]], share: float) -> list[tuple[int, int, bool]]:
    """(time, prefix, visible) by sets."""
    votes: set[int] = set()
    holds: dict[int, set[int]] = defaultdict(set)
    ever: dict[int, set[int]] = defaultdict(set)
    visible: set[int] = set()
    flips = []

    def carriers(held: dict[int, set[int]], prefix: int) -> int:
        count = 0
        for asn in {SESSIONS[session].asn for session in votes}:
            mine = [session for session in votes if SESSIONS[session].asn == asn]
            count += 2 * sum(prefix in held[session] for session in mine) >= len(mine)
        return count

    for time, (kind, session, prefix, value) in enumerate(events):
        if kind == "route":
            (holds[session].add if value else holds[session].discard)(prefix)
            if value:
                ever[session].add(prefix)
        elif kind == "feed":
            (votes.add if value else votes.discard)(session)
        else:
            votes.discard(session)
            holds[session] = set()
        voters = len({SESSIONS[session].asn for session in votes})
        if not voters:
            continue
        for number in range(len(PREFIXES)):
            have, could = carriers(holds, number), carriers(ever, number)
            now = number in visible
            if have >= share * voters:
                now = True
            elif could >= share * voters or have < share * could:
                now = False
            if now != (number in visible):
                (visible.add if now else visible.discard)(number)
                flips.append((time, number, now))
    return flips


@given(EVENTS, st.sampled_from([0.5, 0.75, 0.25]), st.integers(1, 9))
def test_visibility_agrees_with_sets(events: list[tuple[str, int, int, bool]], share: float, most: int) -> None:
    found = visibility(timeline_of(events, most), lambda _: True, (share,), Thresholds())
    flips = found.flips
    rows = zip(flips.time_us.tolist(), flips.prefix.tolist(), (flips.visible > 0).tolist(), strict=True)
    assert sorted(rows) == sorted(slow(events, share))


@given(EVENTS)
def test_more_voters_asked_means_less_is_visible(events: list[tuple[str, int, int, bool]]) -> None:
    withdrawn = [event for event in events if event[0] == "route"]
    feeds = [("feed", session, 0, True) for session in range(len(SESSIONS))]
    found = visibility(timeline_of(feeds + withdrawn), lambda _: True, (0.5, 0.75, 0.25), Thresholds())
    state = {share: set[int]() for share in range(3)}
    flips = found.flips
    for share, prefix, shown in zip(flips.share.tolist(), flips.prefix.tolist(), flips.visible.tolist(), strict=True):
        (state[share].add if shown else state[share].discard)(prefix)
    assert state[1] <= state[0] <= state[2]


def attribution(*ranges: tuple[int, int], family: str = "ipv4") -> Attribution:
    table = np.array(ranges, dtype=np.uint64).reshape(-1, 2)
    none = np.zeros((0, 2), dtype=np.uint64)
    both = {"ipv4": none, "ipv6": none, family: table}
    return Attribution("KP", "North Korea", both, np.zeros((0, 2), np.int64))  # type: ignore[arg-type]


NETS = st.lists(
    st.tuples(st.integers(0, 63), st.integers(26, 32)).map(
        lambda pair: Prefix("ipv4", (10 << 24) | (pair[0] >> (32 - pair[1]) << (32 - pair[1])), pair[1])
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(
    NETS,
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=20),
    st.lists(st.tuples(st.integers(0, 63), st.integers(0, 20)), max_size=3),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)
def test_addresses_agree_with_sets(
    nets: list[Prefix],
    flips: list[tuple[int, bool]],
    spans: list[tuple[int, int]],
    baseline: list[bool],
    networks: list[int],
) -> None:
    base = 10 << 24
    ranges, reached = [], -1
    for start, length in sorted(spans):
        if start > reached:
            ranges.append((base + start, base + start + length))
            reached = start + length
    ours = {address for first, last in ranges for address in range(first, last + 1)}
    flips = [(prefix, shown) for prefix, shown in flips if prefix < len(nets)]
    columns = Flips(
        np.arange(len(flips), dtype=np.int64),
        np.zeros(len(flips), np.int32),
        np.array([prefix for prefix, _ in flips], dtype=np.int32),
        np.array([shown for _, shown in flips], dtype=np.uint8),
    )
    owners = np.array(networks[: len(nets)], dtype=np.int32)
    space = NationalSpace(nets, country_units(attribution(*ranges), "ipv4"), columns, 1, owners)
    chosen = np.array(baseline[: len(nets)])

    def covered(some: set[int]) -> set[int]:
        return {
            address for at in some for address in range(nets[at].unit_range()[0], nets[at].unit_range()[1] + 1)
        } & ours

    def owner(address: int) -> int:
        around = [at for at, net in enumerate(nets) if net.unit_range()[0] <= address <= net.unit_range()[1]]
        return networks[max(around, key=lambda at: nets[at].length)]

    def counted(some: set[int]) -> Counter[int]:
        return Counter(owner(address) for address in some)

    inside = covered(set(np.flatnonzero(chosen).tolist()))
    assert space.measure_against(chosen) == len(inside)
    visible: set[int] = set()
    for (prefix, shown), reading in zip(flips, space.readings(1 << 60), strict=True):
        (visible.add if shown else visible.discard)(prefix)
        assert (reading.prefixes, reading.addresses, reading.inside[0], reading.kept) == (
            len(visible),
            len(covered(visible)),
            (counted(covered(visible)) & counted(inside)).total(),
            len(covered(visible) & inside),
        )


def test_slash48s_count_each_once() -> None:
    nets = [Prefix.parse("2001:db8::/47"), Prefix.parse("2001:db8::/52"), Prefix.parse("2001:db8:0:1::/64")]
    table = attribution((0x20010DB8 << 32, (0x20010DB8 << 32) + (1 << 32) - 1), family="ipv6")
    units = country_units(table, "ipv6")
    empty = Flips(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8))
    space = NationalSpace(nets, units, empty, 1)
    assert space.addresses_of(np.array([True, True, True])) == 2
    assert space.addresses_of(np.array([False, True, True])) == 1

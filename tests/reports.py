"""Reports made by hand, one for each case that a renderer must get right, with the place whose clock they are told in.

Begin with :data:`CASES`. Synthetic: numbers are plausible for the events they remind of, and measured by nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gonedark.model.place import Place
from gonedark.model.prefix import Family
from gonedark.model.report import (
    Baseline,
    Country,
    Coverage,
    CoverageGap,
    Evidence,
    Input,
    LeadUp,
    Loss,
    Outage,
    Phase,
    PhaseName,
    Report,
    Restoration,
    Series,
    Software,
)
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan, parse_time

PYONGYANG = Place("Pyongyang", "Asia/Pyongyang")
Step = tuple[int, int, int]
"""From when (microseconds), prefixes visible, addresses visible."""


def span(start: str, until: str) -> TimeSpan:
    return TimeSpan(parse_time(start), parse_time(until))


def series(
    family: Family, steps: Sequence[Step], baseline: int, voters: int = 30, blind: Sequence[TimeSpan] = ()
) -> Series:
    """Columns from steps; every blind span adds a step at its begin and its end."""
    edges = {edge for item in blind for edge in (item.from_us, item.until_us)}
    times = np.array(sorted({step[0] for step in steps} | edges), dtype=np.int64)
    rows = np.array(steps, dtype=np.int64)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    at = np.searchsorted(rows[:, 0], times, side="right") - 1
    prefixes, addresses = rows[at, 1], rows[at, 2]
    hidden = np.array([any(item.contains(int(time)) for item in blind) for time in times], dtype=bool)
    return Series(
        family=family,
        time_us=times,
        prefixes_visible=prefixes,
        addresses_visible=addresses,
        addresses=np.minimum(addresses, baseline),
        baseline_addresses=np.full(len(times), baseline, dtype=np.int64),
        voters=np.where(hidden, 2, voters).astype(np.int64),
        expected_voters=np.full(len(times), voters, dtype=np.int64),
        domestic_prefixes=np.full(len(times), -1, dtype=np.int64),
        blind=hidden,
    )


def phases(family: Family, window: TimeSpan, parts: Sequence[tuple[str, PhaseName]], data: Series) -> tuple[Phase, ...]:
    """A partition of the window from (begin, name) pairs, with the extremes of the series inside each part."""
    starts = [parse_time(begin) for begin, _ in parts] + [window.until_us]
    made = []
    for (_, name), start, until in zip(parts, starts, starts[1:], strict=False):
        first = int(np.searchsorted(data.time_us, start, side="right")) - 1
        last = int(np.searchsorted(data.time_us, until, side="left"))
        prefixes, addresses = data.prefixes_visible[first:last], data.addresses[first:last]
        blind = name == "blind"
        made.append(
            Phase(
                family=family,
                phase=name,
                reason="only 1 of 6 expected peers could be heard" if blind else None,
                span=TimeSpan(start, until),
                prefixes_visible_min=None if blind else int(prefixes.min()),
                prefixes_visible_max=None if blind else int(prefixes.max()),
                addresses_min=None if blind else int(addresses.min()),
                addresses_max=None if blind else int(addresses.max()),
            )
        )
    return tuple(made)


def outage(
    identity: str, family: Family, start: str | None, end: str | None, dark: Sequence[TimeSpan] = (), **more: object
) -> Outage:
    """An outage whose uncertainty is 20 s before and 40 s after each crossing."""
    start_us, end_us = (None if time is None else parse_time(time) for time in (start, end))
    values: dict[str, object] = {
        "start_earliest_us": None if start_us is None else start_us - 20 * SECOND_US,
        "start_latest_us": None if start_us is None else start_us + 40 * SECOND_US,
        "end_earliest_us": None if end_us is None else end_us - 20 * SECOND_US,
        "end_latest_us": None if end_us is None else end_us + 40 * SECOND_US,
        "depth": 1.0,
        "complete": True,
        "onset_spread_seconds": 2.0,
        "order": (),
        "lead_up": None,
        "restoration": None,
        "none_visible": tuple(dark) if more.get("complete", True) else (),
    }
    return Outage(id=identity, family=family, start_us=start_us, end_us=end_us, dark=tuple(dark), **(values | more))  # type: ignore[arg-type]


def report(
    code: str, name: str, window: TimeSpan, baseline: Baseline, all_series: Sequence[Series], **more: object
) -> Report:
    """A report with sound defaults for everything that a case is not about."""
    values: dict[str, object] = {
        "kind": "measurement",
        "coverage": Coverage(("rrc00", "route-views.jinx"), 44, 31, 30, 30, ()),
        "phases": (),
        "outages": (),
        "evidence": (
            Evidence("E1", "The message that took the visible addresses below 90 % of the baseline", 4, "updates #81"),
        ),
        "inputs": (
            Input(
                "rib.20141219.2200.bz2", None, "5f" * 32, 12_345_678, 540_123, TimeSpan(window.from_us, window.from_us)
            ),
            Input("updates.20141222.1600.bz2", None, "a0" * 32, 456_789, 23_456, window),
        ),
        "software": Software(
            "0.1.0", "RIR delegations of 2014-12-20, as published by the five registries", Thresholds().to_dict()
        ),
    }
    return Report(
        country=Country(code, name), window=window, baseline=baseline, series=tuple(all_series), **(values | more)
    )  # type: ignore[arg-type]


KP_BASELINE = Baseline(parse_time("2014-12-20"), 4, 0, 1024, 0, (131279,))
KP_WINDOW = span("2014-12-20", "2014-12-24")


def _flaps(first: str, until: str) -> list[Step]:
    """Swings that grow longer and deeper until the end, in steps of one /24."""
    random = np.random.default_rng(20141222)
    time, end = parse_time(first), parse_time(until)
    begin, steps = time, []
    while time < end - 20 * MINUTE_US:
        worse = (time - begin) / (end - begin)
        left = int(random.integers(0, 3)) if random.random() < 0.3 + worse / 2 else 3
        steps.append((time, left, left * 256))
        time += int(random.integers(2, 4 + int(20 * worse))) * MINUTE_US
        steps.append((time, 4, 1024))
        time += int(random.integers(20, 90)) * MINUTE_US
    return steps


def kp_2014() -> Report:
    """Four prefixes, a day of flaps, dark for 9 h 31 min, and twice more on the next day. A reconstruction."""
    dark = [
        span("2014-12-22T16:15:03Z", "2014-12-23T01:46:07Z"),
        span("2014-12-23T07:52:10Z", "2014-12-23T08:21:40Z"),
        span("2014-12-23T15:41:02Z", "2014-12-23T16:12:12Z"),
    ]
    steps = [(KP_WINDOW.from_us, 4, 1024), *_flaps("2014-12-21T13:07:11Z", "2014-12-22T16:15:03Z")]
    for item in dark:
        steps += [(item.from_us - SECOND_US, 2, 512), (item.from_us, 0, 0), (item.until_us, 3, 768)]
        steps += [(item.until_us + SECOND_US, 4, 1024)]
    data = series("ipv4", steps, 1024)
    parts: list[tuple[str, PhaseName]] = [
        ("2014-12-20T00:00:00Z", "normal"),
        ("2014-12-21T13:07:11Z", "unstable"),
        ("2014-12-22T16:15:03Z", "offline"),
        ("2014-12-23T01:46:07Z", "normal"),
        ("2014-12-23T07:52:10Z", "offline"),
        ("2014-12-23T08:21:40Z", "normal"),
        ("2014-12-23T15:41:02Z", "offline"),
        ("2014-12-23T16:12:12Z", "normal"),
    ]
    back = Restoration(61.0, (4837,), (4837,), True)
    lead_up = LeadUp(span("2014-12-21T13:07:11Z", "2014-12-22T16:15:03Z"), 58, "worsening")
    return report(
        "KP",
        "North Korea",
        KP_WINDOW,
        KP_BASELINE,
        [data],
        kind="reconstruction",
        phases=phases("ipv4", KP_WINDOW, parts, data),
        outages=(
            outage(
                "KP-1",
                "ipv4",
                "2014-12-22T16:15:03Z",
                "2014-12-23T01:46:07Z",
                dark[:1],
                lead_up=lead_up,
                restoration=back,
            ),
            outage("KP-2", "ipv4", "2014-12-23T07:52:10Z", "2014-12-23T08:21:40Z", dark[1:2], restoration=back),
            outage("KP-3", "ipv4", "2014-12-23T15:41:02Z", "2014-12-23T16:12:12Z", dark[2:], restoration=back),
        ),
        coverage=Coverage(
            ("rrc00", "rrc05", "route-views.jinx"),
            44,
            31,
            30,
            30,
            (CoverageGap(span("2014-12-21T02:00:00Z", "2014-12-21T03:05:00Z"), "rrc05", "no file for this slot"),),
        ),
    )


def egypt_2011() -> Report:
    """Thousands of prefixes lost one provider after another, never all of them."""
    window, usual, units = span("2011-01-27", "2011-02-03"), 2903, 5_612_288
    random = np.random.default_rng(2011)
    times = np.sort(random.integers(window.from_us, window.until_us, 20_000))
    missing = np.zeros(len(times))
    falls = [("2011-01-27T22:12:43Z", 0.34), ("2011-01-27T22:13:26Z", 0.12), ("2011-01-27T22:17:10Z", 0.18)]
    falls += [("2011-01-27T22:19:02Z", 0.14), ("2011-01-27T22:25:10Z", 0.07), ("2011-01-31T20:46:00Z", 0.03)]
    moments = [parse_time(time) for time, _ in falls]
    back_us = parse_time("2011-02-02T09:29:31Z")
    times = np.unique(np.concatenate([times, moments, [window.from_us, back_us, back_us + 20 * MINUTE_US]]))
    missing = np.zeros(len(times))
    for moment, (_, share) in zip(moments, falls, strict=True):
        missing[times >= moment] += share
    missing[times >= back_us] = 0.08
    missing[times >= back_us + 20 * MINUTE_US] = 0.0
    noise = random.integers(0, 12, len(times))
    steps = [
        (int(time), int(usual * (1 - gone)) - int(some), int(units * (1 - gone)) - 256 * int(some))
        for time, gone, some in zip(times, missing, noise, strict=True)
    ]
    data = series("ipv4", steps, units, voters=92)
    parts: list[tuple[str, PhaseName]] = [
        ("2011-01-27T00:00:00Z", "normal"),
        ("2011-01-27T22:12:43Z", "degraded"),
        ("2011-02-02T09:29:31Z", "normal"),
    ]
    order = tuple(Loss(asn, moment) for asn, moment in zip((8452, 24835, 24863, 36992, 5536), moments, strict=False))
    event = outage(
        "EG-1",
        "ipv4",
        "2011-01-27T22:12:43Z",
        "2011-02-02T09:29:31Z",
        depth=float(1 - data.addresses.min() / units),
        complete=False,
        onset_spread_seconds=747.0,
        order=order,
        restoration=Restoration(1260.0, (6762, 3491, 6453), (6762, 3491), False),
    )
    baseline = Baseline(window.from_us, usual, 0, units, 0, (8452, 24835, 24863, 36992, 5536, 20928))
    found = phases("ipv4", window, parts, data)
    return report("EG", "Egypt", window, baseline, [data], phases=found, outages=(event,))


def quiet() -> Report:
    """A large country in both families on a day on which nothing happened."""
    window, usual, units = span("2024-05-01", "2024-05-02"), 12_480, 121_634_560
    random = np.random.default_rng(7)
    times = np.unique(np.concatenate([[window.from_us], random.integers(window.from_us, window.until_us, 50_000)]))
    noise = random.integers(0, 40, len(times)).tolist()
    both = []
    for family, prefixes, size in (("ipv4", usual, units), ("ipv6", 3_922, 15_204_352)):
        steps = [(int(time), prefixes + 12 - some, size - 256 * some) for time, some in zip(times, noise, strict=True)]
        both.append(series(family, steps, size, voters=310))  # type: ignore[arg-type]
    found = tuple(
        phase for data in both for phase in phases(data.family, window, [("2024-05-01T00:00:00Z", "normal")], data)
    )
    baseline = Baseline(window.from_us, usual, 3_922, units, 15_204_352, (3320, 3209, 6805, 8881))
    return report("DE", "Germany", window, baseline, both, phases=found)


def _kp_cut(window: TimeSpan, dark: TimeSpan | None, blind: Sequence[TimeSpan], **more: object) -> Report:
    steps = [(window.from_us, 4, 1024)]
    if dark:
        steps += [(dark.from_us, 0, 0), (dark.until_us, 4, 1024)]
    data = series("ipv4", steps, 1024, voters=6, blind=blind)
    marks: dict[int, PhaseName] = {window.from_us: "normal"}
    if dark:
        marks |= {dark.from_us: "offline", dark.until_us: "normal"}
    for item in blind:
        marks = {at: name for at, name in marks.items() if not item.contains(at)} | {item.from_us: "blind"}
        marks.setdefault(item.until_us, "offline" if dark and dark.contains(item.until_us) else "normal")
    ordered = sorted((at, name) for at, name in marks.items() if at < window.until_us)
    parts: list[tuple[str, PhaseName]] = [(str(at / SECOND_US), name) for at, name in ordered]
    return report("KP", "North Korea", window, KP_BASELINE, [data], phases=phases("ipv4", window, parts, data), **more)


def blind_tail() -> Report:
    """No outage for an hour, then nothing to see by."""
    window = span("2014-05-30T21:00Z", "2014-05-31")
    hidden = span("2014-05-30T22:00Z", "2014-05-31")
    gap = CoverageGap(span("2014-05-30T22:00Z", "2014-05-30T23:45Z"), "route-views.jinx", "7 files of the grid missing")
    return _kp_cut(
        window,
        None,
        [hidden],
        coverage=Coverage(("route-views.jinx",), 12, 6, 6, 6, (gap,)),
        warnings=("Only 1 voter: 'normal' is said only where routes were seen.",),
    )


def all_blind() -> Report:
    """Nothing to see by at any time, though the baseline is known from before."""
    window = span("2014-05-30T22:00Z", "2014-05-31")
    return _kp_cut(window, None, [window])


def ongoing() -> Report:
    """Gone, and not back when the window ends."""
    window, dark = span("2014-12-22T12:00Z", "2014-12-22T22:00Z"), span("2014-12-22T16:15:03Z", "2014-12-22T22:00Z")
    return _kp_cut(window, dark, [], outages=(outage("KP-1", "ipv4", "2014-12-22T16:15:03Z", None, [dark]),))


def ongoing_blind() -> Report:
    """Gone, and nobody could look any more two hours before the window ends."""
    window = span("2014-12-22T12:00Z", "2014-12-22T22:00Z")
    dark = span("2014-12-22T16:15:03Z", "2014-12-22T20:00Z")
    event = outage("KP-1", "ipv4", "2014-12-22T16:15:03Z", None, [dark])
    return _kp_cut(
        window,
        TimeSpan(dark.from_us, window.until_us),
        [span("2014-12-22T20:00Z", "2014-12-22T22:00Z")],
        outages=(event,),
    )


def began_before() -> Report:
    """Gone when the window opens, back inside it."""
    window, dark = span("2014-12-22T20:00Z", "2014-12-23T06:00Z"), span("2014-12-22T20:00Z", "2014-12-23T01:46:07Z")
    return _kp_cut(window, dark, [], outages=(outage("KP-1", "ipv4", None, "2014-12-23T01:46:07Z", [dark]),))


def blind_inside() -> Report:
    """Blind for two hours in the middle of an outage."""
    window, dark = span("2014-12-22T12:00Z", "2014-12-23T06:00Z"), span("2014-12-22T16:15:03Z", "2014-12-23T01:46:07Z")
    hidden = span("2014-12-22T20:00Z", "2014-12-22T22:00Z")
    seen = [TimeSpan(dark.from_us, hidden.from_us), TimeSpan(hidden.until_us, dark.until_us)]
    event = outage("KP-1", "ipv4", "2014-12-22T16:15:03Z", "2014-12-23T01:46:07Z", seen)
    return _kp_cut(window, dark, [hidden], outages=(event,))


def ended_in_blind() -> Report:
    """Up again when the blind span after an outage is over: its end lies somewhere inside."""
    window, dark = span("2014-12-22T12:00Z", "2014-12-23T06:00Z"), span("2014-12-22T16:15:03Z", "2014-12-22T22:00Z")
    hidden = span("2014-12-22T22:00Z", "2014-12-23T02:00Z")
    event = outage(
        "KP-1",
        "ipv4",
        "2014-12-22T16:15:03Z",
        "2014-12-23T02:00Z",
        [dark],
        end_earliest_us=hidden.from_us,
        end_latest_us=hidden.until_us,
    )
    return _kp_cut(window, dark, [hidden], outages=(event,))


def few_partial() -> Report:
    """Three of four networks gone: counts, not percentages."""
    window = span("2014-12-22T12:00Z", "2014-12-22T22:00Z")
    steps = [
        (window.from_us, 4, 1024),
        (parse_time("2014-12-22T16:15:03Z"), 1, 256),
        (parse_time("2014-12-22T18:00Z"), 4, 1024),
    ]
    data = series("ipv4", steps, 1024)
    parts: list[tuple[str, PhaseName]] = [
        ("2014-12-22T12:00Z", "normal"),
        ("2014-12-22T16:15:03Z", "degraded"),
        ("2014-12-22T18:00Z", "normal"),
    ]
    event = outage("KP-1", "ipv4", "2014-12-22T16:15:03Z", "2014-12-22T18:00Z", depth=0.75, complete=False)
    return report(
        "KP", "North Korea", window, KP_BASELINE, [data], phases=phases("ipv4", window, parts, data), outages=(event,)
    )


def nothing_announced() -> Report:
    """A country without an announced network when the data begin."""
    window = span("2014-12-22", "2014-12-23")
    data = series("ipv4", [(window.from_us, 0, 0)], 0, blind=[window])
    found = phases("ipv4", window, [("2014-12-22", "blind")], data)
    reason = "nothing announced when the data begin; 1,024 addresses are delegated"
    return report(
        "KP",
        "North Korea",
        window,
        Baseline(None, 0, 0, 0, 0, ()),
        [data],
        phases=tuple(replace(phase, reason=reason) for phase in found),
        inputs=(),
    )


def ipv6_only() -> Report:
    """IPv6 collapses while IPv4 stays, not back by the end."""
    window = span("2026-01-08", "2026-01-09")
    start = parse_time("2026-01-08T11:49:20Z")
    four = series("ipv4", [(window.from_us, 4120, 10_611_456), (start, 4098, 10_598_000)], 10_611_456, voters=330)
    six_steps = [(window.from_us, 611, 48_120_000), (start, 240, 4_100_000), (start + 30 * SECOND_US, 31, 737_000)]
    six = series("ipv6", [*six_steps, (start + 5 * HOUR_US, 34, 741_000)], 48_120_000, voters=290)
    dark = TimeSpan(start, window.until_us)
    begin = "2026-01-08T00:00:00Z"
    found = phases("ipv4", window, [(begin, "normal")], four)
    found += phases("ipv6", window, [(begin, "normal"), ("2026-01-08T11:49:20Z", "offline")], six)
    event = outage("IR-1", "ipv6", "2026-01-08T11:49:20Z", None, [dark], depth=1 - 737_000 / 48_120_000, complete=False)
    baseline = Baseline(window.from_us, 4120, 611, 10_611_456, 48_120_000, (12880, 49666, 58224))
    return report("IR", "Iran", window, baseline, [four, six], phases=found, outages=(event,))


def hostile() -> Report:
    """Every text that comes from outside tries something."""
    bad = "</script><script>alert(1)</script>\x1b[31m\u202e\udc80 & \"'>"
    base = kp_2014()
    exposure = {
        "at": "2014-12-22T16:00:00Z",
        "frontier": [{"asn": 4837, "name": bad, "addresses_v4": 1024}],
        "foreign_providers": [],
        "risk_class": "severe",
        "single_points_of_failure": [],
        "hegemony": [],
        "transit_countries": [],
    }
    return replace(
        base,
        country=Country("KP", f"North {bad}"),
        phases=tuple(replace(phase, reason=bad) for phase in base.phases),
        coverage=replace(
            base.coverage, collectors=(bad, "rrc00"), gaps=(CoverageGap(KP_WINDOW, bad, bad), *base.coverage.gaps)
        ),
        evidence=(Evidence(bad, bad, {"x": [1, bad]}, bad),),
        inputs=(Input(bad * 30, "javascript:alert(1)", "00" * 32, 1, 1, None),),
        software=Software(bad, bad, {bad: 1.0}),
        warnings=(bad,),
        exposure=exposure,
    )


CASES: dict[str, tuple[Callable[[], Report], Place | None]] = {
    "kp_2014": (kp_2014, PYONGYANG),
    "egypt_2011": (egypt_2011, Place("Cairo", "Africa/Cairo")),
    "quiet": (quiet, Place("Berlin", "Europe/Berlin")),
    "blind_tail": (blind_tail, PYONGYANG),
    "all_blind": (all_blind, PYONGYANG),
    "ongoing": (ongoing, PYONGYANG),
    "ongoing_blind": (ongoing_blind, PYONGYANG),
    "began_before": (began_before, PYONGYANG),
    "blind_inside": (blind_inside, PYONGYANG),
    "ended_in_blind": (ended_in_blind, PYONGYANG),
    "few_partial": (few_partial, PYONGYANG),
    "nothing_announced": (nothing_announced, None),
    "ipv6_only": (ipv6_only, Place("Tehran", "Asia/Tehran")),
    "hostile": (hostile, PYONGYANG),
}

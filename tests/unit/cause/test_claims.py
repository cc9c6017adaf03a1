"""Claims: the file format, every kind with its margins, denials, and the ledger of the two newspaper reports."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from documented import documented
from gonedark.cause.claims.check import CHECKS, judged
from gonedark.cause.claims.kinds import KINDS
from gonedark.cause.claims.reading import FORMAT, parse
from gonedark.cause.claims.template import template_text
from gonedark.cause.explain import explain
from gonedark.model.claim import Claim, JudgedClaim
from gonedark.model.report import Evidence, Report
from gonedark.model.time import DAY_US, MINUTE_US, parse_time
from gonedark.scenario.reading import claims_text

HOMES = {4837: "CN", 20485: "RU"}


def north_korea(**changes: object) -> Report:
    """The hand-made report of December 2014, with the causes of its documented features."""
    report = reports.kp_2014()
    seen = next(event.features for event in documented() if event.name == "North Korea, 22 December 2014")
    cause, evidence = explain(replace(seen, outage="KP-1"))
    return replace(report, cause=cause, evidence=(*report.evidence, *evidence), **changes)  # type: ignore[arg-type]


def claim(kind: str, *, denied: bool = False, **states: Any) -> Claim:
    times = ("time", "by", "from_", "until", "about")
    found = {key.rstrip("_"): parse_time(value) if key in times else value for key, value in states.items()}
    return Claim("c1", "somebody", None, "a paper", "words", kind, found, denied)


def judge(kind: str, report: Report | None = None, *, denied: bool = False, **states: Any) -> JudgedClaim:
    found = judged(
        north_korea() if report is None else report,
        [claim(kind, denied=denied, **states)],
        place=reports.PYONGYANG,
        country_of=HOMES.get,
    )
    assert found.claims is not None
    return found.claims[0]


def verdict(kind: str, report: Report | None = None, *, denied: bool = False, **states: Any) -> str:
    return judge(kind, report, denied=denied, **states).verdict


# ---- must show 4: the seeds' ledger, argued ----

LEDGER = {
    # Whose hand it was is nowhere in a routing table; denials of it are as little measurable as accusations.
    "beijing-01": "not-observable",
    "beijing-06": "not-observable",
    "beijing-13": "not-observable",
    "dw-01": "not-observable",
    "dw-02": "not-observable",
    # All four networks were gone at once: "complete" and "totally offline" are what was seen.
    "beijing-02": "supported",
    "beijing-18": "supported",
    # 9 h 31 min are "hours", and they are "several hours".
    "beijing-03": "supported",
    "dw-03": "supported",
    # 01:46 UTC on 23 December was a Tuesday in UTC, in Pyongyang (10:46) and in Beijing (09:46).
    "beijing-04": "supported",
    # A part of the outage lay on Tuesday by every clock; in UTC only a fifth of it, and the margin says so.
    "dw-04": "supported",
    # That it also began on Tuesday is true in Pyongyang (01:15) and Beijing (00:15), not in UTC (Monday, 16:15).
    "dw-04-began": "unclear",
    # Every path that routing showed led over AS4837, which is delegated to China.
    "beijing-05": "supported",
    "dw-10": "supported",
    "dw-11": "supported",
    "dw-21": "supported",
    # 27 hours of swings that grew worse are "24 hours" within the quarter that the margin allows.
    "beijing-19": "supported",
    # Four /24 networks are 1,024 addresses, exactly.
    "dw-13": "supported",
    # The data single out no cause, which agrees with "not known", and cannot refute that somebody knows.
    "dw-08": "supported",
    "beijing-17": "unclear",
    # Failing equipment, power and attack are all consistent with the pattern.
    "dw-09": "supported",
    # How many people used it is not estimated in this report.
    "dw-14": "not-observable",
    # The attack on Sony Pictures, what was said about it, population, and South Korea's leak are not in routing data.
    **dict.fromkeys(
        [
            *("beijing-07", "beijing-08", "beijing-09", "beijing-10", "beijing-11", "beijing-12", "beijing-14"),
            *("beijing-15", "beijing-16", "dw-05", "dw-06", "dw-07", "dw-12", "dw-15", "dw-16", "dw-17", "dw-18"),
            *("dw-19", "dw-20"),
        ],
        "not-observable",
    ),
}


def ledger() -> tuple[Claim, ...]:
    text = claims_text("north-korea-2014")
    assert text is not None
    return parse(text)


def test_every_claim_of_both_papers_is_judged_as_argued() -> None:
    found = judged(north_korea(), ledger(), place=reports.PYONGYANG, country_of=HOMES.get)
    assert found.claims is not None
    assert {item.claim.id: item.verdict for item in found.claims} == LEDGER


def test_every_verdict_of_the_ledger_has_its_reason_and_loose_ones_their_margin() -> None:
    found = judged(north_korea(), ledger(), place=reports.PYONGYANG, country_of=HOMES.get)
    evidence = {item.id for item in found.evidence}
    for item in found.claims or ():
        assert item.reason
        assert set(item.evidence) <= evidence
        if item.verdict != "not-observable":
            assert item.evidence
            assert item.margin
        if item.verdict == "not-observable" and item.claim.kind != "who":
            assert not item.evidence


def test_loose_words_of_the_press_state_their_margins() -> None:
    found = judged(north_korea(), ledger(), place=reports.PYONGYANG, country_of=HOMES.get)
    margins = {item.claim.id: item.margin or "" for item in found.claims or ()}
    assert "“several hours” is read as 3 to 24 hours" in margins["dw-03"]
    assert "UTC 19%, Asia/Pyongyang 100%, Asia/Shanghai 100%" in margins["dw-04"]
    assert "judged in UTC, Asia/Pyongyang, Asia/Shanghai" in margins["beijing-04"]
    assert "up to 25 % apart counts as agreement" in margins["beijing-19"]
    assert "judged exactly" in margins["dw-13"]
    assert "links on addresses of other countries are not seen" in margins["beijing-05"]
    assert "reconstruction" in margins["dw-13"]


def test_a_denied_deed_is_set_beside_what_the_data_say_of_the_deed() -> None:
    found = judged(north_korea(), ledger(), place=reports.PYONGYANG, country_of=HOMES.get)
    denial = next(item for item in found.claims or () if item.claim.id == "dw-01")
    assert denial.verdict == "not-observable"
    assert "they say: less likely." in denial.reason
    assert "cause.lead-up" in denial.evidence


# ---- kinds ----


def test_every_kind_has_a_check_and_a_template_that_reads_back() -> None:
    assert set(CHECKS) == set(KINDS)
    found = parse(template_text(list(KINDS)))
    assert [item.kind for item in found] == list(KINDS)
    judged(north_korea(), found, place=reports.PYONGYANG)


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.measurable])
@pytest.mark.parametrize("denied", [True, False])
def test_who_and_why_are_never_observable(kind: str, denied: bool) -> None:
    assert verdict(kind, denied=denied) == "not-observable"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2014-12-22T16:15Z", "supported"),
        ("2014-12-22T16:19Z", "supported"),
        ("2014-12-22T16:25Z", "unclear"),
        ("2014-12-22T16:00Z", "unclear"),
        ("2014-12-22T17:15Z", "contradicted"),
    ],
)
def test_times_have_a_margin(time: str, expected: str) -> None:
    assert verdict("start-time", time=time) == expected


def test_a_wider_margin_can_be_asked_for() -> None:
    assert verdict("start-time", time="2014-12-22T16:00Z", within_minutes=20) == "supported"


def test_an_end_that_was_not_seen_is_not_observable() -> None:
    outage = replace(reports.kp_2014().outages[0], end_us=None, end_earliest_us=None, end_latest_us=None)
    report = north_korea(outages=(outage,))
    assert verdict("end-time", report, time="2014-12-23T01:46Z") == "not-observable"
    assert verdict("duration", report, relation="at-least", hours=9) == "supported"
    assert verdict("duration", report, relation="at-most", hours=2) == "contradicted"
    assert verdict("duration", report, relation="about", hours=100) == "unclear"
    assert verdict("restored", report) == "not-observable"
    assert verdict("restored", report, by="2014-12-23T12:00Z") == "contradicted"


@pytest.mark.parametrize(
    ("relation", "hours", "expected"),
    [
        ("about", 9.5, "supported"),
        ("about", 8, "unclear"),
        ("about", 3, "contradicted"),
        ("at-least", 9, "supported"),
        ("at-least", 24, "contradicted"),
        ("at-most", 10, "supported"),
        ("at-most", 2, "contradicted"),
    ],
)
def test_durations(relation: str, hours: float, expected: str) -> None:
    assert verdict("duration", relation=relation, hours=hours) == expected


@pytest.mark.parametrize(
    ("kind", "states", "expected"),
    [
        ("addresses", {"count": 1024}, "supported"),
        ("addresses", {"count": 1000}, "contradicted"),
        ("addresses", {"count": 1000, "within_share": 0.05}, "supported"),
        ("networks", {"count": 4}, "supported"),
        ("networks", {"count": 47}, "contradicted"),
        ("provider", {"asns": (4837,), "sole": True}, "supported"),
        ("provider", {"asns": (20485,)}, "contradicted"),
        ("provider", {"country": "CN", "sole": True}, "supported"),
        ("provider", {"country": "RU"}, "contradicted"),
        ("extent", {"extent": "complete"}, "supported"),
        ("extent", {"extent": "partial"}, "contradicted"),
        ("onset", {"onset": "gradual"}, "supported"),
        ("onset", {"onset": "sudden"}, "unclear"),
        ("lead-up", {"hours": 24, "trend": "worsening"}, "supported"),
        ("lead-up", {"hours": 24, "trend": "improving"}, "contradicted"),
        ("lead-up", {"hours": 6}, "contradicted"),
        ("restored", {"by": "2014-12-23T02:00Z"}, "supported"),
        ("restored", {"by": "2014-12-22T20:00Z"}, "contradicted"),
        ("same-provider", {}, "supported"),
        ("outage", {}, "supported"),
        ("outage", {"from_": "2014-12-20T00:00Z", "until": "2014-12-21T00:00Z"}, "unclear"),
        ("outage", {"from_": "2014-12-24T12:00Z", "until": "2014-12-25T00:00Z"}, "not-observable"),
        ("cause", {"hypothesis": "artefact"}, "contradicted"),
        ("cause", {"hypothesis": "power"}, "unclear"),
        ("cause", {"hypothesis": "cable-cut"}, "unclear"),
        ("cause", {"hypothesis": "disaster"}, "not-observable"),
        ("possible-causes", {"hypotheses": ("power", "cable-cut")}, "unclear"),
        ("possible-causes", {"hypotheses": ("power", "artefact")}, "contradicted"),
        ("cause-known", {"known": False}, "supported"),
        ("users", {"low": 1, "high": 2}, "not-observable"),
        ("on-day", {"event": "start", "date": "2014-12-25"}, "contradicted"),
        ("on-day", {"event": "any", "date": "2014-12-24"}, "contradicted"),
    ],
)
def test_kinds_on_north_korea(kind: str, states: dict[str, Any], expected: str) -> None:
    assert verdict(kind, **states) == expected


@pytest.mark.parametrize(("days", "share"), [(0, "7%"), (30, "under 1%")])
def test_a_day_of_which_an_outage_has_only_the_last_minutes_is_found(days: int, share: str) -> None:
    end_us = parse_time("2014-12-23T00:02:30Z")
    first = replace(reports.kp_2014().outages[0], start_us=end_us - 35 * MINUTE_US - days * DAY_US, end_us=end_us)
    judgement = judge("on-day", north_korea(outages=(first,)), event="any", date="2014-12-23")
    assert judgement.verdict == "supported"
    assert f"UTC {share}, Asia/Pyongyang" in (judgement.margin or "")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"date": "2014-12-23"}, "supported"),
        ({"date": "2014-12-27"}, "not-observable"),
        ({"weekday": "Sunday"}, "not-observable"),
        ({"date": "2014-12-21"}, "contradicted"),
        ({"date": "2999-12-31"}, "not-observable"),
    ],
)
def test_an_outage_that_was_not_seen_to_end_may_have_been_on_a_later_day(states: dict[str, str], expected: str) -> None:
    outage = replace(reports.kp_2014().outages[0], end_us=None, end_earliest_us=None, end_latest_us=None)
    assert verdict("on-day", north_korea(outages=(outage,)), event="any", **states) == expected


def test_a_day_before_the_window_may_be_one_of_an_outage_that_began_before_it() -> None:
    outage = replace(reports.kp_2014().outages[0], start_us=None, start_earliest_us=None, start_latest_us=None)
    report = north_korea(outages=(outage,))
    assert verdict("on-day", report, event="any", date="2014-12-18") == "not-observable"
    # At 20:00 UTC on the 19th the window is four hours off, but in Pyongyang its first day has begun.
    assert verdict("on-day", report, event="any", date="2014-12-20") == "supported"
    assert verdict("on-day", report, event="any", date="2014-12-19") == "not-observable"
    assert verdict("on-day", report, event="any", date="2014-12-24") == "contradicted"


def test_a_day_in_the_midst_of_blind_time_is_neither_it_nor_not() -> None:
    report = north_korea()
    first = replace(report.outages[0], start_earliest_us=parse_time("2014-12-19T20:00Z"))
    hidden = Evidence("KP-1/start-blind", "x", True, "x")
    report = replace(report, outages=(first, *report.outages[1:]), evidence=(*report.evidence, hidden))
    assert verdict("on-day", report, event="start", date="2014-12-21") == "not-observable"
    assert verdict("on-day", report, event="start", date="2014-12-26") == "contradicted"
    # By the clock of Pyongyang the blind time began on the 20th.
    assert verdict("on-day", report, event="start", date="2014-12-19") == "unclear"


def test_a_day_that_a_clock_skipped_has_nothing_of_an_outage_on_it() -> None:
    start_us = parse_time("2011-12-29T12:00Z")
    first = replace(reports.kp_2014().outages[0], start_us=start_us, end_us=start_us + 2 * DAY_US)
    judgement = judge("on-day", north_korea(outages=(first,)), event="any", date="2011-12-30", zones=("Pacific/Apia",))
    assert "UTC 50%, Asia/Pyongyang 50%, Pacific/Apia 0%" in (judgement.margin or "")


def test_a_claim_can_be_about_another_outage() -> None:
    assert verdict("duration", relation="about", hours=0.5, about="2014-12-23T15:41Z") == "supported"
    assert verdict("extent", extent="complete", about="2014-06-01T00:00Z") == "not-observable"


def test_users_are_set_beside_the_reports_estimate() -> None:
    report = north_korea(users={"low": 1000, "high": 5000, "method": "x"})
    assert verdict("users", report, low=2000, high=9000) == "unclear"
    assert verdict("users", report, low=24_000_000, high=25_000_000) == "contradicted"


@given(st.sampled_from(["addresses", "networks"]), st.integers(0, 5000), st.floats(0, 0.5), st.booleans())
def test_a_denial_turns_the_verdict_round_and_leaves_the_unclear_alone(
    kind: str, count: int, within: float, denied: bool
) -> None:
    said = verdict(kind, REPORT, denied=denied, count=count, within_share=within)
    opposite = verdict(kind, REPORT, denied=not denied, count=count, within_share=within)
    assert opposite == {"supported": "contradicted", "contradicted": "supported"}.get(said, said)


REPORT = north_korea()


def test_judging_again_replaces_the_old_claims() -> None:
    once = judged(REPORT, [claim("outage")])
    twice = judged(once, [claim("networks", count=4)])
    assert [item.claim.kind for item in twice.claims or ()] == ["networks"]
    assert [item.id for item in twice.evidence if item.id.startswith("claim.")] == ["claim.c1"]


# ---- the file ----

SOURCE = f'format = "{FORMAT}"\n[[source]]\nid = "p"\npublication = "P"\ndate = 2014-12-23\n'
EXTENT = 'kind = "extent"\nextent = "complete"'
GOOD = '[[claim]]\nid = "a"\nspeaker = "s"\nsource = "p"\nwords = "w"\nkind = "extent"\nextent = "complete"\n'


def test_a_claim_takes_the_date_of_its_source() -> None:
    (found,) = parse(SOURCE + GOOD)
    assert found.said_at_us == parse_time("2014-12-23")
    assert found.source == "P, 2014-12-23"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the first line must be format"),
        ("[[", "not TOML"),
        (SOURCE + "[claim]\nid = 1\n", r"\[\[claim\]\]"),
        (SOURCE + GOOD + GOOD, "two claims have the id 'a'"),
        (SOURCE + GOOD.replace('"extent"', '"extend"'), "did you mean 'extent'"),
        (SOURCE + GOOD.replace('"complete"', '"completely"'), "did you mean 'complete'"),
        (SOURCE + GOOD.replace("extent = ", "extnt = "), "unknown key 'extnt'"),
        (SOURCE + GOOD.replace('extent = "complete"\n', ""), "must say extent"),
        (SOURCE + GOOD.replace('source = "p"', 'source = "q"'), "no source of this file"),
        (SOURCE + GOOD.replace('speaker = "s"\n', ""), "must say speaker"),
        (SOURCE + GOOD + "said_at = 12:00:00\n", "said_at"),
        (SOURCE + GOOD + 'denied = "yes"\n', "true or false"),
        (SOURCE + GOOD.replace('kind = "extent"\nextent = "complete"', 'kind = "addresses"\ncount = "x"'), "a number"),
        (SOURCE + GOOD.replace('kind = "extent"\nextent = "complete"', 'kind = "provider"\nasns = 4837'), "a list"),
        # What can never agree, or always does, is no claim that could be judged.
        (SOURCE + GOOD.replace(EXTENT, 'kind = "provider"\nsole = true'), r"must say asns = \[4837\] or country"),
        (SOURCE + GOOD.replace(EXTENT, 'kind = "provider"\ncountry = "XX"'), "unknown country 'XX'"),
        (SOURCE + GOOD.replace(EXTENT, 'kind = "on-day"\nevent = "end"'), "must say weekday"),
        (SOURCE + GOOD.replace(EXTENT, 'kind = "on-day"\nevent = "end"\ndate = "23/12/2014"'), "a date such as"),
        (SOURCE + GOOD.replace(EXTENT, 'kind = "addresses"\ncount = 1\nwithin_share = 10'), "a share from 0 to 1"),
    ],
)
def test_mistakes_in_a_file_are_named_in_one_line(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part) as caught:
        parse(text, "x.toml")
    assert str(caught.value).startswith("x.toml")


@pytest.mark.parametrize("date", ['"2014-12-23"', "2014-12-23"])
def test_dates_may_be_text_or_what_toml_calls_a_date(date: str) -> None:
    (found,) = parse(SOURCE + GOOD.replace(EXTENT, f'kind = "on-day"\nevent = "end"\ndate = {date}'))
    assert judged(north_korea(), [found], place=reports.PYONGYANG).claims[0].verdict == "supported"  # type: ignore[index]


@pytest.mark.parametrize("country", ["CN", "cn", "China"])
def test_countries_may_be_named_as_everywhere_else(country: str) -> None:
    (found,) = parse(SOURCE + GOOD.replace(EXTENT, f'kind = "provider"\ncountry = "{country}"'))
    judgement = judged(north_korea(), [found], place=reports.PYONGYANG, country_of=HOMES.get)
    assert judgement.claims[0].verdict == "supported"  # type: ignore[index]


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        judge("on-day", event="any", weekday="Tuesday", zones=("Mars/Olympus",))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        parse(SOURCE + text)


def test_lengths_and_counts_are_told_as_the_report_tells_them() -> None:
    report = north_korea()
    first = replace(
        report.outages[0], start_us=parse_time("2014-12-22T16:15:03Z"), end_us=parse_time("2014-12-22T16:42:50Z")
    )
    report = replace(report, outages=(first,))
    assert judge("duration", report, relation="at-most", hours=0.5).reason == "Measured: 28 min."
    assert judge("outage", report).reason == "Measured: 1 outage in that time."

"""How stances and the verdict come about: one contradiction decides, nothing is summed up, unknown is the default."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documented import documented
from gonedark.cause.base_rates import ratios
from gonedark.cause.context import CalendarEntry, Context, parse
from gonedark.cause.explain import explain, verdict
from gonedark.cause.features import Features
from gonedark.cause.limits import Limits
from gonedark.model.cause import Hypothesis
from gonedark.model.time import HOUR_US, TimeSpan, parse_time

EVENTS = {event.name: event.features for event in documented()}
NORTH_KOREA = EVENTS["North Korea, 22 December 2014"]
EXAM = EVENTS["Syria, an exam day"]


def hypothesis(identity: str, stance: str, *against: str) -> Hypothesis:
    return Hypothesis(identity, identity, stance, (), against, (), (), ())  # type: ignore[arg-type]


def test_the_verdict_is_the_only_consistent_one_with_evidence_against_every_rival() -> None:
    rivals = [hypothesis("b", "less-likely", "e1"), hypothesis("c", "contradicted", "e2")]
    assert verdict([hypothesis("a", "consistent"), *rivals]) == "a"
    assert verdict([hypothesis("a", "consistent"), *rivals, hypothesis("d", "not-observable")]) == "unknown"
    assert verdict([hypothesis("a", "consistent"), hypothesis("d", "consistent"), *rivals]) == "unknown"
    assert verdict(rivals) == "unknown"


def test_nothing_observed_means_nothing_observable() -> None:
    cause, evidence = explain(Features())
    assert {item.stance for item in cause.hypotheses} == {"not-observable"}
    assert cause.verdict == "unknown"
    assert {item.value for item in evidence} == {None}
    assert cause.ratios == ()


def test_evidence_ids_are_stable_and_every_reference_is_there() -> None:
    cause, evidence = explain(NORTH_KOREA)
    ids = [item.id for item in evidence]
    assert len(ids) == len(set(ids))
    for item in cause.hypotheses:
        assert {*item.supporting, *item.against} <= set(ids)


@pytest.mark.parametrize("name", EVENTS)
def test_stances_rest_on_evidence_of_the_report(name: str) -> None:
    cause, evidence = explain(EVENTS[name])
    values = {item.id: item.value for item in evidence}
    named = {identity for item in cause.hypotheses for identity in (*item.supporting, *item.against)}
    assert named <= set(values)


def test_an_attack_report_by_the_user_is_context_and_decides_nothing() -> None:
    start = NORTH_KOREA.start_us
    assert start is not None
    entry = CalendarEntry("attack-report", TimeSpan(start - HOUR_US, start + HOUR_US), "peaks of traffic", "a network")
    cause, _ = explain(replace(NORTH_KOREA, calendar=(entry,)))
    assert "cause.calendar" in cause.hypothesis("attack-or-overload").supporting
    assert cause.verdict == "unknown"


def test_likelihood_ratios_are_context_capped_and_count_round_times_once() -> None:
    found = {item.evidence: item for item in ratios(EXAM, Limits())}
    assert found["cause.recurrence"].ratio == 50
    assert set(found) == {"cause.round-minutes", "cause.duration", "cause.recurrence"}
    odd = {item.evidence: item.ratio for item in ratios(NORTH_KOREA, Limits())}
    assert (odd["cause.round-minutes"], odd["cause.duration"]) == (0.5, 2.82)


@given(st.integers(0, 20), st.integers(1, 200), st.floats(0, 1), st.floats(0, 50_000), st.integers(0, 5))
def test_no_verdict_without_a_repeat_a_chosen_order_or_a_part_of_the_peers(
    crossings: int, origins: int, depth: float, spread: float, relapses: int
) -> None:
    seen = replace(
        NORTH_KOREA,
        lead_up_crossings=crossings,
        origins=origins,
        depth=depth,
        onset_spread_seconds=spread,
        relapses=relapses,
        where=None,
    )
    assert explain(seen)[0].verdict == "unknown"


@given(
    st.sampled_from(sorted(EVENTS)), st.sampled_from(["lead_up_crossings", "holders_share", "new_origins", "repeats"])
)
def test_taking_an_observation_away_never_makes_a_verdict(name: str, taken: str) -> None:
    before = explain(EVENTS[name])[0].verdict
    after = explain(replace(EVENTS[name], **{taken: None}))[0].verdict
    assert after in {before, "unknown"}


EGYPT = EVENTS["Egypt 2011"]


def test_networks_that_go_in_turn_for_hours_or_are_few_may_have_lost_power() -> None:
    assert explain(EGYPT)[0].verdict == "shutdown-order"
    for less_telling in ({"onset_spread_seconds": 4 * 3600.0}, {"origins": 5}, {"origin_spread_seconds": None}):
        cause, _ = explain(replace(EGYPT, **less_telling))  # type: ignore[arg-type]
        assert cause.verdict == "unknown", less_telling
    assert explain(replace(EGYPT, onset_spread_seconds=4 * 3600.0))[0].hypothesis("power").stance == "consistent"


def test_a_part_of_a_country_that_goes_by_timetable_may_be_rationed_power() -> None:
    assert explain(replace(EXAM, depth=0.6))[0].verdict == "shutdown-order"
    cause, _ = explain(replace(EXAM, depth=0.4))
    assert cause.verdict == "unknown"
    assert {cause.hypothesis(name).stance for name in ("power", "shutdown-order")} == {"consistent"}


def test_what_frays_for_hours_keeps_no_timetable() -> None:
    frayed = replace(EXAM, onset_spread_seconds=7200.0, origin_spread_seconds=5400.0)
    cause, _ = explain(frayed)
    assert "daily-window" not in cause.patterns
    assert cause.verdict == "unknown"
    assert cause.hypothesis("power").stance == "consistent"


def test_a_context_file_is_read_and_its_mistakes_are_named() -> None:
    text = """
[[calendar]]
kind = "exam"
from = 2016-05-14T02:00:00Z
text = "final exams"
source = "a ministry's timetable"
[data_plane]
lost_at = 2016-05-14T02:00:00Z
source = "a probing project"
[other_customers]
lost = []
watched = 12
source = "the same tables"
"""
    context = parse(text)
    assert context.calendar is not None
    assert context.calendar[0].span.from_us == parse_time("2016-05-14T02:00Z")
    assert context.other_customers is not None
    assert (context.other_customers.lost, context.other_customers.watched) == ((), 12)
    assert parse("") == Context()
    for wrong, part in (
        ("calender = []", "unknown key"),
        ('[[calendar]]\nkind = "war"\nfrom = 2016-05-14\ntext = ""\nsource = ""', "calendar kind"),
        ("[data_plane]\nanswering_share = 3\nsource = ''", "between 0 and 1"),
        ("[data_plane]\nlost_at = 2016-05-14", "'source' is missing"),
        ("[[calendar]", "not TOML"),
        ("data_plane = 3", "context"),
    ):
        with pytest.raises(ValueError, match=part):
            parse(wrong)

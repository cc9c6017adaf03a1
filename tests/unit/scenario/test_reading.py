"""A scenario file that is wrong says so in one line, with the place and what to write."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from archives import SMALL

from gonedark import scenario
from gonedark.model.time import parse_time
from gonedark.scenario import facts
from gonedark.scenario.reading import LONGEST_WINDOW_DAYS

PEER = """
[[peer]]
asn = 64500
sessions = { rcc00 = ["198.18.1"] }
invented = "a test"

[[event]]"""
SILENCE = """
[[event]]
kind = "collector-silent"
from = 2014-12-22T02:00:00Z
collector = "route-views.lynx"
invented = "a test"

[[event]]"""


def complaint(text: str) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the message is what each test is about
        scenario.parse(text, "mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml")
    assert "\n" not in message
    return message


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_facts_are_read() -> None:
    told = scenario.parse(SMALL)
    assert told.country == "KP"
    assert told.window.span.from_us == parse_time("2014-12-22T00:00:00Z")
    assert told.network[0].providers == (4837,)
    assert told.event[0].at == datetime(2014, 12, 22, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("summary =", "sumary =", "the file has an unknown key 'sumary'; did you mean 'summary'?"),
        (
            "providers = [4837]",
            "provider = [4837]",
            "network 1 has an unknown key 'provider'; did you mean 'providers'?",
        ),
        ("stuck = [8607]", "stucked = [8607]", "event 1 has an unknown key 'stucked'; did you mean 'stuck'?"),
        (
            'kind = "withdraw"',
            'kind = "withdrawn"',
            "event 1 is of the unknown kind 'withdrawn'; did you mean 'withdraw'?",
        ),
        (
            "prefixes_v4 = 200",
            "prefix_v4 = 200",
            "background has an unknown key 'prefix_v4'; did you mean 'prefixes_v4'?",
        ),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(old: str, new: str, expected: str) -> None:
    assert expected in complaint(changed(old, new))


def test_a_key_far_from_all_lists_what_is_known() -> None:
    assert "known are" in complaint(changed("late_minutes = 20", "zzz = 20"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('country = "KP"', "country = ", "is not TOML"),
        ("asn = 4837", 'asn = "4837"', "Expected `int`, got `str`"),
        ('country = "KP"', 'country = "Korea"', "'Korea' is not an ISO 3166-1 code"),
        ('stuck = [8607]\ninvented = "a test"', "stuck = [8607]", "event 1 must say documented ="),
        ('stuck = [8607]\ninvented = "a test"', 'documented = "dyn"', "'dyn', which is no source of this file"),
        ("until = 2014-12-22T06:00:00Z", "until = 2014-12-21T06:00:00Z", "the window must end after it begins"),
        ("at = 2014-12-22T02:00:00Z", "at = 2014-12-23T02:00:00Z", "event 1: 2014-12-23T02:00:00Z lies outside"),
        ("networks = [131279]", "networks = [131280]", "AS131280 is no network of this scenario"),
        ('"175.45.176.0/24", ', '"175.45.176/24", ', "'175.45.176/24' is not a prefix"),
        ("until = 2014-12-22T06:00:00Z", "until = 2016-12-22T06:00:00Z", "at most 31 days"),
        ("prefixes_v6 = 40", "churn_seconds = 0", "Expected `float` >= 1.0"),
        ("prefixes_v6 = 40", "prefixes_v6 = 100000000", "Expected `int` <= 100000"),
        ("[[event]]", PEER, "peer 1: there is no collector 'rcc00'; did you mean 'rrc00'?"),
        ("[[event]]", PEER.replace("rcc00", "rrc00"), "peer 1: '198.18.1' is not an IP address"),
        ("[[event]]", SILENCE, "event 1: there is no collector 'route-views.lynx'; did you mean 'route-views.linx'?"),
        ("providers = [4837]", "providers = [4837]\ncount = 3", "needs both count and blocks"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(old: str, new: str, expected: str) -> None:
    assert expected in complaint(changed(old, new))


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="no scenario 'north-korea'; did you mean 'north-korea-2014'"):
        scenario.load("north-korea")


def test_the_library_holds_what_the_issue_asks_for() -> None:
    assert set(scenario.names()) >= {"north-korea-2014", "egypt-2011", "syria-2012", "quiet-kp", "quiet-eg"}


@pytest.mark.parametrize("name", scenario.names())
def test_every_source_of_a_shipped_scenario_is_used(name: str) -> None:
    told = scenario.load(name)
    tables = [told.window, told.archive, told.background]
    tables += [item for field in ("transit", "network", "collector", "peer", "event") for item in getattr(told, field)]
    assert {source.id for source in told.source} == {name for table in tables for name in table.sources}


def test_the_example_of_the_documentation_is_a_scenario() -> None:
    page = Path(__file__).parents[3] / "docs" / "scenarios.md"
    example = page.read_text(encoding="utf-8").split("```toml")[1].split("```")[0]
    assert scenario.parse(example).country == "KP"


def test_every_table_key_and_event_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    kinds = [facts.Window, facts.Source, facts.Archive, facts.Background, facts.Transit, facts.Network]
    kinds += [facts.Collector, facts.PeerAs, facts.Scenario, *get_args(facts.Event)]
    words = {field.encode_name for kind in kinds for field in msgspec.structs.fields(kind)}
    words |= {str(kind.__struct_config__.tag) for kind in get_args(facts.Event)}
    assert {
        word for word in words if f"`{word}`" not in page and f"[{word}]" not in page and f"`{word} =" not in page
    } == set()


def test_all_shipped_scenarios_are_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in scenario.names())


def test_how_long_a_window_may_be_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert f"at most {LONGEST_WINDOW_DAYS} days" in page

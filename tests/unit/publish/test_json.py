import copy
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import reports
from gonedark.model.report import Evidence
from gonedark.model.time import TimeSpan
from gonedark.publish.json import document, plain, render, schema
from reports import CASES

VALIDATOR = Draft202012Validator(schema())


def test_the_schema_is_sound() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", CASES)
def test_every_report_satisfies_the_schema(name: str) -> None:
    VALIDATOR.validate(json.loads(render(CASES[name][0]())))


@pytest.mark.parametrize("name", CASES)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    make, place = CASES[name]
    assert render(make()) == render(make(), place)


ORDER = {
    (): (
        "schema kind country window baseline coverage phases outages exposure exposure_after users cause claims "
        "evidence inputs software warnings"
    ),
    ("outages", 0): (
        "id family start start_earliest start_latest end end_earliest end_latest duration_seconds depth complete "
        "dark none_visible onset_spread_seconds order lead_up restoration"
    ),
    ("phases", 0): (
        "family phase reason from until prefixes_visible_min prefixes_visible_max addresses_min addresses_max"
    ),
    ("baseline",): "at prefixes_v4 prefixes_v6 addresses_v4 slash48s_v6 origins",
    ("coverage",): "collectors peers full_feed_peers full_feed_asns voters gaps",
    ("inputs", 0): "name url sha256 bytes records from until",
}


@pytest.mark.parametrize("path", ORDER)
def test_fields_stand_in_the_order_of_the_contract(path: tuple[Any, ...]) -> None:
    found = _at(json.loads(render(reports.kp_2014())), path)
    assert " ".join(found) == ORDER[path]


def test_the_values_of_december_2014() -> None:
    found = json.loads(render(reports.kp_2014()))
    assert found["kind"] == "reconstruction"
    assert found["window"] == {"from": "2014-12-20T00:00:00Z", "until": "2014-12-24T00:00:00Z"}
    first = found["outages"][0]
    assert (first["start"], first["end"]) == ("2014-12-22T16:15:03Z", "2014-12-23T01:46:07Z")
    assert first["duration_seconds"] == 34264
    assert first["restoration"] == {
        "spread_seconds": 61,
        "providers_before": [4837],
        "providers_after": [4837],
        "same_providers": True,
    }
    assert found["exposure"] is found["cause"] is found["users"] is found["claims"] is None


def test_unknown_is_null_never_zero() -> None:
    found = json.loads(render(reports.ongoing_blind()))
    blind = next(phase for phase in found["phases"] if phase["phase"] == "blind")
    assert blind["prefixes_visible_min"] is blind["addresses_max"] is None
    assert found["outages"][0]["end"] is found["outages"][0]["duration_seconds"] is None
    assert json.loads(render(reports.began_before()))["outages"][0]["start"] is None


def test_microseconds_only_where_the_source_had_them() -> None:
    report = reports.kp_2014()
    exact = replace(report.outages[0], start_us=(report.outages[0].start_us or 0) + 250)
    found = json.loads(render(replace(report, outages=(exact,))))["outages"][0]
    assert (found["start"], found["end"]) == ("2014-12-22T16:15:03.000250Z", "2014-12-23T01:46:07Z")
    assert found["duration_seconds"] == 34263.99975


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all objects in a document."""
    if isinstance(value, dict):
        return [path] + [found for key, item in value.items() for found in _paths(item, (*path, key))]
    if isinstance(value, list):
        return [found for at, item in enumerate(value[:1]) for found in _paths(item, (*path, at))]
    return []


CLOSED = [
    path for path in _paths(document(reports.kp_2014())) if path != ("software", "thresholds") and "value" not in path
]


@pytest.mark.parametrize("path", CLOSED, ids=lambda path: "/".join(map(str, path)) or "top")
def test_unknown_fields_and_missing_ones_are_refused(path: tuple[Any, ...]) -> None:
    good = document(reports.kp_2014())
    for change in ("add", *_at(good, path)):
        if change == "warnings":
            continue
        bad = copy.deepcopy(good)
        inner = _at(bad, path)
        if change == "add":
            inner["surprise"] = 1
        else:
            del inner[change]
        assert not VALIDATOR.is_valid(bad), f"{change} at {path}"


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def test_what_later_rooms_measure_is_passed_through_and_checked() -> None:
    users = {"low": 1, "high": np.int64(20), "method": "counted", "year": 2014}
    found = json.loads(render(replace(reports.kp_2014(), users=users)))
    VALIDATOR.validate(found)
    assert found["users"] == {"low": 1, "high": 20, "method": "counted", "year": 2014}
    assert not VALIDATOR.is_valid({**found, "users": {**users, "high": -1}})
    assert not VALIDATOR.is_valid({**found, "cause": {"verdict": 3}})


def test_values_become_what_json_has() -> None:
    assert plain({"a": (np.float64(0.5), float("nan"), np.bool_(True))}) == {"a": [0.5, None, True]}
    assert plain({3, 1}) == [1, 3]
    assert plain(np.array([1, 2])) == [1, 2]
    assert plain(TimeSpan(0, 1_000_000)) == {"from": "1970-01-01T00:00:00Z", "until": "1970-01-01T00:00:01Z"}
    with pytest.raises(TypeError, match="object"):
        plain(object())


def test_hostile_text_survives_as_data() -> None:
    report = replace(reports.kp_2014(), evidence=(Evidence("E", 'a\udc80\x1b"<', None, "s"),))
    found = json.loads(render(report).decode())
    assert found["evidence"][0]["statement"] == 'a\udc80\x1b"<'

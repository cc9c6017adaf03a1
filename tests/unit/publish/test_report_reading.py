"""A report read back from its JSON is the same report; anything else is refused in one line."""

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from documented import documented
from gonedark.cause.claims.check import judged
from gonedark.cause.claims.reading import parse as parse_claims
from gonedark.cause.explain import explain
from gonedark.model.report import Report
from gonedark.publish import json as face
from gonedark.publish.reading import parse
from gonedark.scenario.reading import claims_text


def full() -> Report:
    """North Korea 2014 with its causes and all claims of the press judged."""
    report = reports.kp_2014()
    seen = next(event.features for event in documented() if event.name == "North Korea, 22 December 2014")
    cause, evidence = explain(replace(seen, outage="KP-1"))
    report = replace(report, cause=cause, evidence=(*report.evidence, *evidence))
    return judged(report, parse_claims(claims_text("north-korea-2014") or ""), place=reports.PYONGYANG)


FULL = face.render(full(), reports.PYONGYANG)


@pytest.mark.parametrize("name", sorted(reports.CASES))
def test_every_report_comes_back_as_it_was(name: str) -> None:
    make, place = reports.CASES[name]
    once = face.render(make(), place)
    assert face.render(parse(once), place) == once


def test_causes_and_claims_come_back_and_satisfy_the_schema() -> None:
    assert face.render(parse(FULL), reports.PYONGYANG) == FULL
    jsonschema.Draft202012Validator(face.schema()).validate(json.loads(FULL))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"schema": "gonedark.report/2"}', b"[" * 100_000, b'"text"']
)
def test_what_is_no_report_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^report is ") as caught:
        parse(data)
    assert "\n" not in str(caught.value)


PATHS = [
    ("country", "code"),
    ("window", "from"),
    ("outages", 0, "start"),
    ("outages", 0, "depth"),
    ("cause", "hypotheses", 0, "stance"),
    ("claims", 0, "verdict"),
    ("baseline", "prefixes_v4"),
    ("phases", 0, "family"),
]
WRONG = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5), st.just([]), st.just({}), st.just([[1]])
)


@given(st.sampled_from(PATHS), WRONG)
def test_damage_is_refused_or_harmless(path: tuple[str | int, ...], value: object) -> None:
    tree = json.loads(FULL)
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    refused = None
    try:
        parse(json.dumps(tree).encode())
    except ValueError as error:
        refused = str(error)
    assert refused is None or refused.startswith("report is damaged")


@given(st.sampled_from([("country",), *PATHS]))
def test_a_missing_field_is_refused(path: tuple[str | int, ...]) -> None:
    tree = json.loads(FULL)
    place = tree
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    with pytest.raises(ValueError, match="damaged"):
        parse(json.dumps(tree).encode())

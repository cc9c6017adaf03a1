"""The statement: every number is a field of the report, every sentence of the closed list, every kind of loss told."""

import re
from dataclasses import replace
from typing import Any

import pytest

import reports
from documented import documented
from gonedark.cause.explain import explain
from gonedark.cause.features import Features
from gonedark.model.report import Report
from gonedark.publish import json as face
from gonedark.publish.headline import headline
from gonedark.publish.statement import Sentence, Statement, resolve, statement
from gonedark.publish.statement_words import SENTENCES

EVENTS = {event.name: event.features for event in documented()}


def with_cause(report: Report, seen: Features, outage: str | None) -> Report:
    cause, evidence = explain(replace(seen, outage=outage), kind=report.kind)
    return replace(report, cause=cause, evidence=(*report.evidence, *evidence))


def north_korea() -> Report:
    return with_cause(reports.kp_2014(), EVENTS["North Korea, 22 December 2014"], "KP-1")


def egypt() -> Report:
    return with_cause(reports.egypt_2011(), EVENTS["Egypt 2011"], "EG-1")


def quiet() -> Report:
    return with_cause(replace(reports.kp_2014(), outages=()), EVENTS["North Korea, October 2017"], None)


MADE = {"north-korea": north_korea, "egypt": egypt, "no-loss": quiet}


def told(report: Report) -> tuple[dict[str, Any], Statement]:
    document = face.document(report)
    made = statement(document, reports.PYONGYANG)
    assert made is not None
    return document, made


def sentences(made: Statement) -> list[Sentence]:
    return [*made.paragraph, *(sentence for part in made.page for sentence in part.sentences)]


@pytest.mark.parametrize("name", MADE)
def test_every_insertion_is_a_field_of_the_report(name: str) -> None:
    document, made = told(MADE[name]())
    for sentence in sentences(made):
        for item in sentence.insertions:
            resolve(document, item.pointer)


@pytest.mark.parametrize("name", MADE)
def test_no_number_stands_outside_an_insertion(name: str) -> None:
    _, made = told(MADE[name]())
    for sentence in sentences(made):
        rest = SENTENCES[sentence.template]
        assert sentence.text == rest.format(**{item.name: item.text for item in sentence.insertions})
        if sentence.template != "ratio.context":
            assert not re.search(r"\d", re.sub(r"\{\w+\}", "", rest))


@pytest.mark.parametrize("name", MADE)
def test_numbers_are_shown_as_they_are(name: str) -> None:
    """What is inserted for a plain number is that number."""
    document, made = told(MADE[name]())
    for sentence in sentences(made):
        for item in sentence.insertions:
            value = resolve(document, item.pointer)
            is_length = re.search(r"\d (s|min|h|days)\b", item.text)
            if isinstance(value, int) and not isinstance(value, bool) and not is_length:
                assert re.sub(r"[^\d]", "", item.text) == str(value)


def test_the_order_is_pattern_fits_less_likely_and_limits() -> None:
    _, made = told(north_korea())
    order = [sentence.template for sentence in made.paragraph]
    assert order[0] == "lead.reconstruction"
    wanted = ["lead.outage", "lead-up", "consistent", "less-likely", "verdict.unknown", "cannot"]
    assert [name for name in order if name in wanted] == wanted


def test_a_single_verdict_is_told_with_what_speaks_against_the_rivals() -> None:
    _, made = told(egypt())
    assert "Of the causes weighed only one is consistent" in made.text
    assert "When most of it was gone, AS20928 still had routes." in made.text
    assert "went one after another" in made.text


def test_a_change_of_provider_is_told_as_none() -> None:
    _, made = told(quiet())
    assert made.text.startswith("This is a reconstruction")
    assert "No outage of North Korea's routes was seen" in made.text
    assert "a change of providers is no outage" in made.text
    assert "The data single out no cause." not in made.text


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("x", "x", "until 01:46 UTC the next day."),
        ("x", None, "return was seen before the window ended"),
        (None, "x", "when it began is not known"),
        (None, None, "neither start nor end was seen"),
    ],
)
def test_open_ends_are_told_as_such(start: str | None, end: str | None, words: str) -> None:
    report = north_korea()
    outage = report.outages[0]
    changed = replace(outage, start_us=outage.start_us if start else None, end_us=outage.end_us if end else None)
    _, made = told(replace(report, outages=(changed,)))
    assert words in next(sentence.text for sentence in made.paragraph if sentence.template == "lead.outage")


@pytest.mark.parametrize("name", ["north-korea", "egypt"])
def test_the_statement_begins_with_the_headline(name: str) -> None:
    report = MADE[name]()
    _, made = told(report)
    assert headline(report, reports.PYONGYANG).sentence.removeprefix("Reconstruction: ") in made.text


def test_ipv6_alone_is_not_the_internet() -> None:
    six = replace(north_korea(), baseline=replace(reports.KP_BASELINE, prefixes_v6=2, slash48s_v6=70_000))
    changed = replace(six.outages[0], family="ipv6")
    _, made = told(replace(six, outages=(changed,)))
    assert "was off the IPv6 Internet" in made.text
    assert "Normally there: 4 IPv4 networks, 1,024 addresses" in made.text
    assert "Normally there too: 2 IPv6 networks, 70,000 /48 blocks." in made.text


def test_time_that_nobody_watched_is_told() -> None:
    report = reports.blind_inside()
    _, made = told(with_cause(report, EVENTS["North Korea, 22 December 2014"], report.outages[0].id))
    assert "for at least 7 h 31 min" in made.text
    assert "though for 2 h of that time nothing can be said" in made.text
    blind = replace(reports.blind_tail(), kind="measurement")
    _, made = told(with_cause(blind, EVENTS["North Korea, October 2017"], None))
    assert "until 2014-05-31 00:00 UTC, as far as they could be watched." in made.text


def test_a_report_without_a_cause_has_no_statement() -> None:
    assert statement(face.document(reports.kp_2014())) is None


def test_names_of_networks_come_from_the_report() -> None:
    document = face.document(north_korea())
    made = statement(document, reports.PYONGYANG, {4837: "China Unicom"})
    assert made is not None
    assert "over the same provider as before, AS4837 (China Unicom)." in made.text


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((4837,), (4837, 20485), "AS20485 came to carry a part of it, beside those that had before, without an outage"),
        ((4837, 20485), (4837,), "AS20485 ceased to carry a part of it, and others stayed, without an outage"),
        ((4837, 1299), (4837, 3356), "AS3356 came to carry a part of it and AS1299 ceased to, while others stayed"),
        ((1299,), (3356,), "The way to it changed from AS1299 to AS3356, without an outage"),
    ],
)
def test_a_change_of_providers_names_those_that_came_and_went(
    before: tuple[int, ...], after: tuple[int, ...], said: str
) -> None:
    seen = Features(loss=False, providers_before=before, providers_after=after, same_providers=False)
    _, made = told(with_cause(replace(reports.kp_2014(), outages=()), seen, None))
    text = re.sub(r" \([^)]*\)", "", made.text)
    assert said in text

import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import reports
from gonedark.publish.formats import FORMATS, render
from gonedark.publish.json import document
from reports import CASES


class Page(HTMLParser):
    """Tags with their attributes, and the text outside of them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    names = ("kp_2014", "hostile", "all_blind", "egypt_2011")
    return {name: render(CASES[name][0](), "html", CASES[name][1]).decode() for name in names}


def test_headline_times_tables_and_proof(pages: dict[str, str]) -> None:
    text = re.sub(r"\s+", " ", Page(pages["kp_2014"]).text)
    for part in (
        "RECONSTRUCTION from documented facts. This is not a measurement.",
        "North Korea was off the Internet for 9 h 31 min",
        "2014-12-23 01:15:03",
        "Start (Pyongyang)",
        "4 of 4",
        "What this cannot show",
        "5f" * 32,
        "visible share",
        "Asia/Pyongyang",
    ):
        assert part in text, part
    assert "RECONSTRUCTION" not in pages["egypt_2011"]


@pytest.mark.parametrize("name", ["kp_2014", "hostile", "all_blind"])
def test_nothing_is_asked_of_anybody(pages: dict[str, str], name: str) -> None:
    for tag, attributes in Page(pages[name]).tags:
        assert tag not in ("script", "img", "iframe", "object", "embed", "base", "form", "image", "use")
        for key, value in attributes.items():
            assert not key.startswith("on")
            if key in ("href", "src", "xlink:href"):
                assert str(value).startswith("data:")
    style = re.search(r"<style>(.*?)</style>", pages[name], re.S)
    assert style
    assert "url(" not in style.group(1)
    assert "@import" not in style.group(1)


def test_hostile_text_stays_text(pages: dict[str, str]) -> None:
    page = Page(pages["hostile"])
    assert "</script><script>alert(1)</script>" in page.text
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert "\x1b" not in pages["hostile"]
    assert "\u202e" not in pages["hostile"]
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == tags.count("main") == tags.count("footer") == 1


def test_the_report_travels_inside_the_page(pages: dict[str, str]) -> None:
    links = {
        attributes["download"]: attributes["href"] or ""
        for tag, attributes in Page(pages["kp_2014"]).tags
        if tag == "a"
    }
    assert set(links) == {"gonedark-KP.json", "gonedark-KP.csv", "gonedark-KP.png"}
    content = base64.b64decode(links["gonedark-KP.json"].partition("base64,")[2])
    assert json.loads(content) == json.loads(json.dumps(document(reports.kp_2014())))


def test_offline_is_not_said_where_nobody_could_look(pages: dict[str, str]) -> None:
    assert "offline" not in Page(pages["all_blind"]).text.partition("</style>")[0].lower()


def test_the_same_report_gives_the_same_page(pages: dict[str, str]) -> None:
    make, place = CASES["kp_2014"]
    assert render(make(), "html", place).decode() == pages["kp_2014"]


def test_long_tables_are_folded_and_whole() -> None:
    report = reports.kp_2014()
    files = tuple(replace(report.inputs[0], name=f"updates.{at}") for at in range(300))
    page = Page(render(replace(report, inputs=files, series=()), "html").decode())
    assert [tag for tag, _ in page.tags].count("details") == 1
    assert "All 300 rows" in page.text
    assert "updates.299" in page.text


def test_formats_are_one_table() -> None:
    assert list(FORMATS) == ["text", "json", "html", "csv", "parquet", "svg", "png"]
    assert {name for name, form in FORMATS.items() if form.is_binary} == {"parquet", "png"}
    assert len({form.suffix for form in FORMATS.values()}) == len(FORMATS)
    report = reports.ongoing()
    for name in ("text", "json", "csv", "parquet", "svg"):
        assert render(report, name, reports.PYONGYANG) == render(reports.ongoing(), name, reports.PYONGYANG)


def test_an_unknown_format_is_answered_with_the_choices() -> None:
    with pytest.raises(ValueError, match="'pdf' is not a format; choose one of text, json"):
        render(reports.ongoing(), "pdf")

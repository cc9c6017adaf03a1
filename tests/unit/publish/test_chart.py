import json
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import altair
import pytest

import reports
from gonedark.model.time import DAY_US, TimeSpan
from gonedark.publish import chart, palette
from gonedark.publish.formats import FORMATS, render
from reports import CASES

SVG = "{http://www.w3.org/2000/svg}"


def svg(name: str, form: chart.Form = chart.POSTER) -> ET.Element:
    make, place = CASES[name]
    return ET.fromstring(chart.drawing(make(), place, form))


def words(drawing: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]


def rows(name: str, form: chart.Form = chart.POSTER) -> list[dict[str, Any]]:
    make, place = CASES[name]
    return [row for rows in chart.specification(make(), place, form)["datasets"].values() for row in rows]


@pytest.mark.parametrize("name", ["kp_2014", "ipv6_only", "all_blind"])
def test_the_specification_is_sound_vega_lite(name: str) -> None:
    make, place = CASES[name]
    spec = chart.specification(make(), place, chart.NARROW)
    altair.VConcatChart.from_dict(spec, validate=True)
    assert json.dumps(spec, allow_nan=False)


def test_what_is_written_on_the_chart_of_december_2014() -> None:
    told = words(svg("kp_2014"))
    for part in (
        "North Korea was off the Internet for 9 h 31 min",
        "RECONSTRUCTION from documented facts. This is not a measurement.",
        "22 Dec 16:15 – 23 Dec 01:46 (9 h 31 min)",
        "23 Dec 07:52 – 08:21 (29 min)",
        "23 Dec 15:41 – 16:12 (31 min)",
        "unstable",
        "offline",
        "IPv4 networks visible (usually 4)",
        "IPv4 addresses visible (usually 1,024)",
        "1,024",
        "UTC, 20 Dec to 23 Dec 2014",
        "Pyongyang (UTC+9), 20 Dec to 24 Dec 2014",
        "Data missing (1 collector)",
        "usual level",
    ):
        assert part in told, part
    assert any(part.startswith("Rebuilt from documented facts") for part in told)


def test_both_families_are_drawn_where_both_are_there() -> None:
    told = words(svg("ipv6_only"))
    assert "IPv4 networks visible (usually 4,120)" in told
    assert "IPv6 address space visible (usually 48,120,000 /48 blocks)" in told
    assert "IPv6 networks visible (usually 0)" not in words(svg("kp_2014"))


def test_phases_differ_by_pattern_and_blind_is_hatched() -> None:
    drawing = ET.tostring(svg("blind_inside")).decode()
    assert 'fill="url(#poster-blind)"' in drawing
    assert 'id="poster-blind"' in drawing
    fills = {palette.PHASE_FILLS[name] for name in ("normal", "unstable", "degraded", "offline", "blind")}
    assert len(fills) == 5
    assert "#01010" not in drawing


def test_the_line_is_broken_where_blind() -> None:
    runs = {row["run"] for row in rows("blind_inside") if "run" in row}
    assert len(runs) == 2
    assert not [row for row in rows("all_blind") if "run" in row]


def test_an_observed_nothing_is_drawn_at_zero() -> None:
    assert {row["value"] for row in rows("ongoing") if "run" in row} == {0.0, 4.0, 1024.0}


def test_huge_series_are_thinned_without_losing_the_shortest_outage() -> None:
    report = reports.quiet()
    data = report.series[0]
    hole = data.prefixes_visible.copy()
    hole[25_000] = 0
    holed = replace(report, series=(replace(data, prefixes_visible=hole), report.series[1]))
    spec = chart.specification(holed, None, chart.WIDE)
    drawn = [row for rows in spec["datasets"].values() for row in rows if "run" in row]
    assert len(drawn) < 10_000
    assert 0.0 in {row["value"] for row in drawn}


def test_short_outages_are_wide_enough_to_be_seen() -> None:
    window = TimeSpan(reports.KP_WINDOW.from_us, reports.KP_WINDOW.from_us + 365 * DAY_US)
    report = replace(reports.kp_2014(), window=window)
    spec = chart.specification(report, None, chart.NARROW)
    bands = [row for rows in spec["datasets"].values() for row in rows if row.get("fill") == palette.OFFLINE.light]
    assert min(row["x2"] - row["x"] for row in bands) >= 1.9


@pytest.mark.parametrize("name", ["kp_2014", "hostile", "nothing_announced"])
def test_the_drawing_is_an_image_with_a_description_and_no_reference(name: str) -> None:
    drawing = svg(name)
    assert drawing.get("role") == "img"
    assert len(drawing.get("aria-label") or "") > 40
    for element in drawing.iter():
        assert element.tag not in (f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject", f"{SVG}a")
        assert not any(key.endswith("href") or key.startswith("on") for key in element.attrib)


def test_ids_of_two_forms_on_one_page_do_not_meet() -> None:
    def ids(form: chart.Form) -> set[str]:
        return {element.get("id", "") for element in svg("kp_2014", form).iter() if element.get("id")}

    assert not ids(chart.WIDE) & ids(chart.NARROW)


def test_every_colour_has_a_dark_partner() -> None:
    known = {ink.light for ink in palette.INKS} | {"none", "transparent", None}
    for name in ("kp_2014", "blind_inside", "egypt_2011"):
        for element in svg(name, chart.WIDE).iter():
            for key in ("fill", "stroke"):
                colour = element.get(key)
                assert colour in known or str(colour).startswith("url(#"), (element.tag, key, colour)


def test_png_is_sharp_and_compact_and_the_same_each_time() -> None:
    make, place = CASES["blind_tail"]
    image = render(make(), "png", place)
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", image[16:24])
    assert width > 1600
    assert len(image) < width * height // 8
    assert image == render(make(), "png", place)
    assert FORMATS["png"].is_binary

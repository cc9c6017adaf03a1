"""The picture of a country's ways out: nothing is cut at the edges, no label lies on another."""

import io
import itertools
import random
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
import vl_convert
from PIL import Image

from gonedark.publish.exposure_page import parts
from gonedark.publish.flow import drawing
from gonedark.publish.sheet import NARROW, WIDE, Sheet, short, text_px

SVG = "{http://www.w3.org/2000/svg}"
SHOUTED = "MWMW-TELECOMUNICACOES-DE-SAO-PAULO WMWMWM BACKBONE"
SHEETS = pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])


def exposure(seed: int, name: str = SHOUTED) -> dict[str, Any]:
    """A large country whose shares fall so that tall, middling and tiny bars stand beside each other."""
    rng = random.Random(seed)
    flows = [
        {
            "origin": 100 + rng.randrange(30),
            "frontier": 200 + rng.randrange(20),
            "provider": 300 + rng.randrange(20),
            "country": rng.choice(["US", "DE", "GB", "VC", "TF", None]),
            "units": rng.paretovariate(0.7) * 256,
        }
        for _ in range(150)
    ]
    transit = [
        {"country": code, "name": "St. Vincent & Grenadines and the South", "share": 0.1} for code in ("VC", "TF")
    ]
    census = {"prefixes": 23886, "addresses_v4": 76139008}
    names = {str(asn): name for asn in range(100, 400)}
    told = {"flows": flows, "transit_countries": transit, "names": names, "census": census, "voters": 29}
    return {"family": "ipv4", "headline": "x", "census": None, **told}


@SHEETS
@pytest.mark.parametrize("seed", range(8))
def test_no_label_lies_on_another(seed: int, sheet: Sheet) -> None:
    columns: dict[str, list[float]] = {}
    for words in ET.fromstring(drawing(exposure(seed), "Brazil", sheet)).iter(f"{SVG}text"):
        if words.get("stroke"):
            columns.setdefault(words.attrib["x"], []).append(float(words.attrib["y"]))
    assert len(columns) == len(sheet.columns)
    for lines in columns.values():
        assert len(lines) > 4
        assert min(later - sooner for sooner, later in itertools.pairwise(sorted(lines))) >= 12


@SHEETS
def test_nothing_is_cut_at_the_edges(sheet: Sheet) -> None:
    for seed in range(3):
        image = Image.open(io.BytesIO(vl_convert.svg_to_png(drawing(exposure(seed), "Brazil", sheet), scale=1)))
        pixels = np.asarray(image.convert("L"))
        assert pixels[:, :2].min() > 240
        assert pixels[:, -2:].min() > 240
        assert pixels[-2:].min() > 240


def test_names_are_shortened_to_their_room_and_no_more() -> None:
    assert short("Embratel", 120) == "Embratel"
    assert short(SHOUTED, 120).endswith("…")
    assert text_px(short(SHOUTED, 120)) <= 120 < text_px(SHOUTED)


@SHEETS
def test_small_networks_that_were_gathered_are_told_without_a_number(sheet: Sheet) -> None:
    ways = [(1, 2, 3, "VC", 90.0), (None, None, 4, "TF", 6.0), (None, None, None, None, 4.0)]
    flows = [dict(zip(("origin", "frontier", "provider", "country", "units"), way, strict=True)) for way in ways]
    found = exposure(0) | {"flows": flows, "names": {}}
    told = [words.text for words in ET.fromstring(drawing(found, "Brazil", sheet)).iter(f"{SVG}text")]
    assert told.count("other networks") == len(sheet.columns) - 1
    assert "Unknown country" in told
    assert not any("None" in words for words in told if words)


def test_a_small_share_beside_a_long_number_stays_in_its_column() -> None:
    units = {4200000000: 9e5, 4200000001: 1e5, 4200000002: 1.0}
    flows = [
        {"origin": 1, "frontier": 1, "provider": asn, "country": "VC", "units": held} for asn, held in units.items()
    ]
    found = exposure(0) | {"flows": flows, "names": dict.fromkeys(map(str, units), "A")}
    told = [words.text for words in ET.fromstring(drawing(found, "Brazil", NARROW)).iter(f"{SVG}text")]
    assert "AS4200000000 · 90%" in told
    assert "AS4200000002 · less than 0.1%" not in told
    assert "less than 0.1%" in told


def test_a_page_carries_a_drawing_for_phones_too() -> None:
    found = parts(exposure(1) | {"census": None}, None, "Brazil")
    assert f'viewBox="0 0 {WIDE.width} ' in found["picture"]
    assert f'viewBox="0 0 {NARROW.width} ' in found["narrow"]

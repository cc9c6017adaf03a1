"""The page in a real browser: nothing leaves it, nothing sticks out of it, and both colour schemes are drawn.

Set ``GONEDARK_SCREENSHOTS`` to a folder to keep the screenshots.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from gonedark.publish.formats import render
from reports import CASES

CHROMIUM = os.environ.get("GONEDARK_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # which is small in containers
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 180_000
"""A first start beside other work takes long on a slow machine."""
WIDTHS = {"phone": 360, "tablet": 768, "desktop": 1280}
NAMES = ("kp_2014", "ipv6_only", "hostile", "blind_tail")
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
    .filter(item => !item.closest("svg, .unseen, thead") && item.getBoundingClientRect().right > innerWidth + 1)
    .map(item => item.outerHTML.slice(0, 80))"""
WIDER_THAN_THEIR_PLACE = """() => [...document.querySelectorAll("main table")]
    .filter(item => item.getBoundingClientRect().width > item.parentElement.getBoundingClientRect().width + 1)
    .map(item => item.caption.textContent)"""
SHOWN = "selector => getComputedStyle(document.querySelector(selector)).display != 'none'"
CUT_OFF = """selector => {
    const chart = document.querySelector(selector + " svg").getBoundingClientRect();
    return [...document.querySelectorAll(selector + " svg text")].map(text => text.getBoundingClientRect())
        .filter(box => box.width && (box.left < chart.left - 1 || box.right > chart.right + 1)).length; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        reason = f"needs Chromium at {CHROMIUM}; install Debian's or set GONEDARK_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=PATIENCE_MS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as files, and where screenshots go."""
    kept = os.environ.get("GONEDARK_SCREENSHOTS")
    chosen = Path(kept) if kept else tmp_path_factory.mktemp("pages")
    for name in NAMES:
        make, place = CASES[name]
        (chosen / f"{name}.html").write_bytes(render(make(), "html", place))
    report = CASES["few_partial"][0]()
    files = tuple(replace(report.inputs[0], name=f"updates.{at}") for at in range(40))
    (chosen / "long.html").write_bytes(render(replace(report, inputs=files), "html"))
    return chosen


def new_page(browser: Browser, **how: Any) -> Page:
    page = browser.new_page(**how)
    page.set_default_timeout(PATIENCE_MS)
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_the_page_stands_by_itself_at_every_width(browser: Browser, folder: Path, name: str, width: str) -> None:
    pictures = []
    for scheme in ("light", "dark"):
        size: ViewportSize = {"width": WIDTHS[width], "height": 800}
        page = new_page(browser, viewport=size, color_scheme=scheme)
        asked: list[str] = []
        told: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, told=told: told.append(message.text))
        page.on("dialog", lambda dialog, told=told: (told.append(dialog.message), dialog.dismiss()))
        page.goto((folder / f"{name}.html").as_uri())
        picture = page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
        assert asked == [(folder / f"{name}.html").as_uri()]
        assert told == []
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
        assert page.evaluate(STICKING_OUT) == []
        assert page.evaluate(WIDER_THAN_THEIR_PLACE) == []
        assert page.evaluate(SHOWN, ".for-narrow") is (width != "desktop")
        assert page.evaluate(SHOWN, ".for-wide") is (width == "desktop")
        assert page.evaluate(CUT_OFF, ".for-wide" if width == "desktop" else ".for-narrow") == 0
        # Letters wider than those of the font that charts are laid out for, as readers without it see them.
        page.add_style_tag(content="svg text { font-family: 'Liberation Mono', monospace !important; }")
        assert page.evaluate(CUT_OFF, ".for-wide" if width == "desktop" else ".for-narrow") == 0
        pictures.append(picture)
        page.close()
    assert pictures[0] != pictures[1]


BRIGHTNESS = """selector => {
    const shown = getComputedStyle(document.querySelector(selector));
    const colour = selector.includes("svg") ? shown.fill : shown.color;
    const parts = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
        .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
    const ground = light(parts(getComputedStyle(document.body).backgroundColor)), ink = light(parts(colour));
    return (Math.max(ground, ink) + .05) / (Math.min(ground, ink) + .05); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_ground(browser: Browser, folder: Path, scheme: str) -> None:
    page = new_page(browser, color_scheme=scheme)
    page.goto((folder / "kp_2014.html").as_uri())
    for selector in ("h1", ".lead", "td", "dt", "footer p", ".for-wide svg text", ".for-wide .role-axis-label text"):
        assert page.evaluate(BRIGHTNESS, selector) >= 4.5, selector
    page.close()


def test_on_paper_the_page_is_light_and_complete(browser: Browser, folder: Path) -> None:
    page = new_page(browser, color_scheme="dark", viewport={"width": 794, "height": 1123})
    page.goto((folder / "kp_2014.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 254)"
    assert page.evaluate("getComputedStyle(document.querySelector('.for-wide svg text')).fill") == "rgb(28, 37, 48)"
    assert page.evaluate(SHOWN, ".for-wide")
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    assert len(page.pdf()) > 20_000
    page.close()


def test_long_tables_are_folded_on_a_screen_and_whole_on_paper(browser: Browser, folder: Path) -> None:
    page = new_page(browser)
    page.goto((folder / "long.html").as_uri())
    row = page.get_by_text("updates.39", exact=True)
    assert not row.is_visible()
    page.emulate_media(media="print")
    assert row.is_visible()
    page.emulate_media(media="screen")
    page.get_by_text("All 40 rows").click()
    assert row.is_visible()
    page.close()

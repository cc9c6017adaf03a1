"""Drawings keep the widths they were laid out for in whatever font a reader has."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import ImageFont

from gonedark.publish.letters import fitted, letter_width, width_px

LETTERS = [*map(chr, range(32, 127)), *"·…–—’“”×éóñüçÅŽ"]


@pytest.mark.parametrize("bold", [False, True], ids=["regular", "bold"])
def test_letters_are_as_wide_as_in_the_font(bold: bool) -> None:
    matched = shutil.which("fc-match") or pytest.skip("needs fc-match; install Debian's fontconfig")
    style = "bold" if bold else "regular"
    asked = [matched, "--format=%{file}", f"Liberation Sans:style={style}"]
    path = Path(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)
    if "Liberation" not in path.name:
        pytest.skip("needs Liberation Sans; install Debian's fonts-liberation")
    font = ImageFont.truetype(path, 1000, layout_engine=ImageFont.Layout.BASIC)
    told = {letter: letter_width(letter, bold=bold) for letter in LETTERS}
    assert told == {letter: pytest.approx(font.getlength(letter) / 1000, abs=0.002) for letter in LETTERS}


def test_every_text_of_a_drawing_tells_its_length() -> None:
    svg = '<text x="1" font-size="10">AT&amp;T</text><text font-size="10px" font-weight="bold" y="2">a</text>'
    assert re.findall(r'textLength="([\d.]+)"', fitted(svg)) == ["25.56", "5.56"]
    assert fitted(svg).count('lengthAdjust="spacingAndGlyphs"') == 2


def test_letters_of_unknown_width_are_not_stretched() -> None:
    svg = '<text x="1" font-size="10">中国联通</text>'
    assert fitted(svg) == svg
    assert width_px("中国联通", 10) == 40

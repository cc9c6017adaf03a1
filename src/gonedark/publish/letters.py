"""How wide words are, and drawings whose words keep that width in whatever font they are shown.

Begin with :func:`fitted`. Drawings are laid out for Liberation Sans, which is as wide as Arial and Helvetica. A reader
who has none of them sees another font, often a wider one, in which labels would be cut at the edges; an SVG text that
tells its length is squeezed into it instead. Not for where words stand.
"""

import re
import unicodedata
from functools import cache
from html import unescape

_REGULAR = {
    191: "'",
    222: "ijl’‘ł",
    260: "|",
    278: " !,./:;I[\\]ft·ı",
    333: "()-`r“”",
    334: "{}",
    355: '"',
    389: "*",
    400: "°",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu–§đŁþð«»€",
    584: "+<=>~×",
    611: "FTZßø",
    667: "&ABEKPSVXYÞ",
    722: "CDHNRUwÐ",
    778: "GOQØ",
    833: "Mm",
    889: "%æ",
    944: "Wœ",
    1000: "…—ÆŒ",
    1015: "@",
}
_BOLD = {
    238: "'",
    278: " ,./I\\ijl·’‘łı",
    280: "|",
    333: "!()-:;[]`ft",
    389: "*r{}",
    400: "°",
    474: '"',
    500: "z“”",
    556: "#$0123456789J_aceksvxy–§«»€",
    584: "+<=>^~×",
    611: "?FLTZbdghnopqußøđŁþð",
    667: "EPSVXYÞ",
    722: "&ABCDHKNRUÐ",
    778: "GOQwØ",
    833: "M",
    889: "%mæ",
    944: "Wœ",
    975: "@",
    1000: "…—ÆŒ",
}
"""Letters by their width in thousandths of the font's size."""
_TEXT = re.compile(r'<text ([^>]*font-size="([\d.]+)(?:px)?"[^>]*)>([^<]+)</text>')
_ASIAN = 0x2E7F
"""Most letters behind it are square."""


def letter_width(letter: str, *, bold: bool = False) -> float | None:
    """How wide a letter is, as a part of the font's size; None for one that is not known."""
    known = _widths(bold=bold)
    # An accent takes no room.
    width = known.get(letter) or known.get(unicodedata.normalize("NFD", letter)[0])
    return None if width is None else width / 1000


def width_px(text: str, size_px: float) -> float:
    """How wide words are, those in other scripts roughly."""
    return size_px * sum(letter_width(letter) or _guessed(letter) for letter in text)


def fitted(svg: str) -> str:
    """The drawing with the length of each text in it; those with letters of unknown width are left alone."""
    return _TEXT.sub(_with_length, svg)


def _with_length(found: re.Match[str]) -> str:
    look, size, words = found.groups()
    widths = [letter_width(letter, bold='font-weight="bold"' in look) for letter in unescape(words)]
    known = [width for width in widths if width is not None]
    if len(known) < len(widths):
        return found[0]
    length = f"{float(size) * sum(known):.2f}"
    return f'<text {look} textLength="{length}" lengthAdjust="spacingAndGlyphs">{words}</text>'


def _guessed(letter: str) -> float:
    if ord(letter) > _ASIAN:
        return 1.0
    return 0.72 if letter.isupper() else 0.6


@cache
def _widths(*, bold: bool) -> dict[str, int]:
    return {letter: width for width, letters in (_BOLD if bold else _REGULAR).items() for letter in letters}

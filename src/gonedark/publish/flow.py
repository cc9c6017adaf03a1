"""The picture of a country's ways out: origins, border networks, first foreign networks, their countries.

Begin with :func:`drawing` (SVG) or :func:`render_png`. Widths are addresses (IPv4) or /48s as the average voter sees
them. A large country's small networks are gathered into one band each column, which says how many they are. Bands
take the colour of the foreign country they lead to, and every bar is named, so that nothing depends on colour alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import vl_convert

from gonedark.publish.exposure_tables import filled, pick, unit_noun
from gonedark.publish.letters import fitted
from gonedark.publish.palette import FRAME, MUTED, PAPER, TEXT, Ink
from gonedark.publish.png import compact
from gonedark.publish.sheet import SIZE_PX, SMALL_PX, WIDE, Sheet, short, text_px
from gonedark.publish.words import clean, count, percent, plural

Json = dict[str, Any]
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
TOP, BAR = 74, 12
_LEAST_SHARE = 0.004
_LABEL_PX = 30
COLOURS = (
    *(Ink("#2f6db5", "#6aa7ee"), Ink("#c2571a", "#f0945a"), Ink("#2d8659", "#5cc492"), Ink("#8a4fa3", "#c793dd")),
    *(Ink("#a38100", "#dcb93f"), Ink("#b0395b", "#ee86a2"), Ink("#1d8a99", "#5cc9d8"), Ink("#6b7683", "#98a4b3")),
)
"""Colours of the foreign countries by their rank; the last is for all others."""
OTHER = "other"


@dataclass(slots=True)
class _Node:
    """A bar: its key, words, units, and where it stands."""

    key: str
    name: str
    units: float
    top: float = 0.0
    height: float = 0.0


def render_png(found: Json, country_name: str, note: str = "") -> bytes:
    """The picture as PNG, twice as many pixels as its SVG has."""
    return compact(vl_convert.svg_to_png(drawing(found, country_name, note=note), scale=2))


def drawing(found: Json, country_name: str, sheet: Sheet = WIDE, note: str = "") -> str:
    """The picture as one SVG element in light colours; the page gives them their dark partners. A ``note`` stands
    before what the widths are, on the wide sheet."""
    found = filled(found)
    flows = found["flows"]
    columns, links = _columns(found, flows, sheet)
    height = _lay_out(columns, sheet)
    colour = _colours(columns[-1])
    parts = _head(found, country_name, sheet, note)
    for at, title in enumerate(sheet.titles if flows else ()):
        parts.append(_words(_label_x(sheet, at), TOP, title, SIZE_PX, ink=MUTED, anchor=_anchor(sheet, at)))
    for at, some in enumerate(links):
        parts += _bands(columns[at], columns[at + 1], sheet.bars[at] + BAR, sheet.bars[at + 1], some, colour)
    for at, nodes in enumerate(columns):
        parts += [_bar(sheet, at, node, found, colour) for node in nodes]
    label = quoteattr(clean(found["headline"], 600))
    return fitted(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart flow" role="img" aria-label={label} '
        f'viewBox="0 0 {sheet.width} {height:.0f}" width="{sheet.width}" height="{height:.0f}" font-family="{FONT}">'
        f'<rect width="{sheet.width}" height="{height:.0f}" fill="{PAPER.light}"/>{"".join(parts)}</svg>'
    )


def dark_rules() -> str:
    """CSS that gives the picture's own colours their dark partners."""
    return "\n".join(f'.flow [fill="{ink.light}"]{{fill:{ink.dark}}}' for ink in COLOURS)


def _head(found: Json, country_name: str, sheet: Sheet, note: str) -> list[str]:
    """Title, and what the widths are: on one line where there is room for it."""
    noun, census, wide = unit_noun(found), found["census"], sheet is WIDE
    title = f"What {clean(country_name, 60)} hangs on"
    parts = [_words(14, 28, title, 20, weight="bold") if wide else _words(4, 18, short(title, 280), 16, weight="bold")]
    if census:
        held = f"{count(census['prefixes'], 'network')}, {count(pick(census) or 0, noun)}"
        seen = f"widths by {plural(noun, 2)}, as seen by {count(found['voters'] or 0, 'network')} abroad"
        lines = [f"{note} {held}; {seen}".strip()] if wide else [held, seen]
        x, y, small = (14, 50, SIZE_PX) if wide else (4, 35, SMALL_PX)
        parts += [_words(x, y + 15 * at, line, small, ink=MUTED) for at, line in enumerate(lines)]
    if not found["flows"]:
        parts += [_words(14 if wide else 4, TOP + 20 * at, line, 15) for at, line in enumerate(_why_empty(found), 1)]
    return parts


def _why_empty(found: Json) -> tuple[str, ...]:
    """Why there is nothing to draw, in lines that fit on both sheets: what is unknown is not nothing."""
    census = found["census"]
    if not census:
        return ("Nothing can be said of its ways out.",)
    if not census["prefixes"]:
        return ("Nothing of it is visible.",)
    if not census["domestic_origins"]:
        return ("All is announced by networks abroad:", "no border of the country is seen.")
    return ("No way out of the country was seen.",)


Link = tuple[str, str, str]
"""Left bar, right bar, and the country that the band leads to."""


def _columns(found: Json, flows: Sequence[Json], sheet: Sheet) -> tuple[list[list[_Node]], list[dict[Link, float]]]:
    """Bars of each column, largest first, and the bands between neighbouring columns."""
    fields = [("origin", "frontier", "provider", "country")[column] for column in sheet.columns]
    # An AS that is None stands for all small ones, a country that is None for the unknown.
    keys = [[OTHER if row[name] is None and name != "country" else str(row[name]) for row in flows] for name in fields]
    units = [float(row["units"]) for row in flows]
    columns: list[list[_Node]] = []
    for at, names in enumerate(keys):
        sums: dict[str, float] = defaultdict(float)
        for name, value in zip(names, units, strict=True):
            sums[name] += value
        kept = _kept(sums, sheet.most_nodes)
        rest = len(sums) - len(kept)
        is_gathered = OTHER in sums
        keys[at] = names = [name if name in kept else OTHER for name in names]
        is_country = sheet.columns[at] == 3
        nodes = [_Node(name, _name(found, name, is_country=is_country), sums[name]) for name in kept]
        if rest:
            noun = "other country" if is_country else "other network"
            words = f"{rest:,} other countries" if is_country and rest > 1 else count(rest, noun)
            words = "other networks" if is_gathered else words
            nodes.append(_Node(OTHER, words, sum(value for name, value in sums.items() if name not in kept)))
        columns.append(nodes)
    links: list[dict[Link, float]] = []
    for at in range(len(keys) - 1):
        some: dict[Link, float] = defaultdict(float)
        for left, right, country, value in zip(keys[at], keys[at + 1], keys[-1], units, strict=True):
            some[(left, right, country)] += value
        links.append(some)
    return columns, links


def _kept(sums: dict[str, float], most: int) -> list[str]:
    """The largest ones, as many as can be told apart; a single small one is kept rather than gathered."""
    total = sum(sums.values()) or 1.0
    ranked = sorted((name for name in sums if name != OTHER), key=lambda name: (-sums[name], name))
    kept = [name for name in ranked[:most] if sums[name] >= _LEAST_SHARE * total]
    return ranked if OTHER not in sums and len(ranked) - len(kept) <= 1 else kept


def _name(found: Json, key: str, *, is_country: bool) -> str:
    if not is_country:
        return f"AS{key} {clean(found['names'].get(key) or '', 60)}".rstrip()
    names = {row["country"]: row["name"] for row in found["transit_countries"]}
    return "Unknown country" if key == "None" else clean(names.get(key, key), 40)


def _lay_out(columns: list[list[_Node]], sheet: Sheet) -> float:
    """Place the bars; every one has room for its label. Returns the height of the drawing."""
    total = max((sum(node.units for node in nodes) for nodes in columns), default=0.0) or 1.0
    longest = max(len(nodes) for nodes in columns)
    full = next(height for most, height in sheet.heights if longest <= most)
    bottoms = []
    for nodes in columns:
        bottom, middle = 0.0, 0.0
        for node in nodes:
            node.height = max(2.0, node.units / total * full)
            # A label stands at the middle of its bar, so that a small bar keeps away from the middle of the last one.
            node.top = max(bottom + 8, middle + _LABEL_PX - node.height / 2)
            bottom, middle = node.top + node.height, node.top + node.height / 2
        bottoms.append(max(bottom, middle + _LABEL_PX / 2))
    tallest = max([*bottoms, 60.0])
    for nodes, bottom in zip(columns, bottoms, strict=True):
        shift = TOP + 8 + (tallest - bottom) / 2
        for node in nodes:
            node.top += shift
    return TOP + tallest + 24


def _colours(countries: Sequence[_Node]) -> dict[str, Ink]:
    named = [node.key for node in countries if node.key != OTHER]
    return {key: COLOURS[min(rank, len(COLOURS) - 1)] for rank, key in enumerate(named)}


def _bands(
    left: Sequence[_Node], right: Sequence[_Node], x0: int, x1: int, links: dict[Link, float], colour: dict[str, Ink]
) -> list[str]:
    """Curved bands between two columns, stacked at both ends in the order of the bars."""
    order = {node.key: rank for rank, node in enumerate(right)}
    begin = {node.key: node.top for node in left}
    end = {node.key: node.top for node in right}
    scale = {
        side: {node.key: node.height / node.units if node.units else 0.0 for node in nodes}
        for side, nodes in (("left", left), ("right", right))
    }
    rank = {node.key: at for at, node in enumerate(left)}
    parts = []
    for (source, target, country), units in sorted(
        links.items(), key=lambda item: (rank[item[0][0]], order[item[0][1]], item[0][2])
    ):
        first, second = units * scale["left"][source], units * scale["right"][target]
        y0, y1, middle = begin[source], end[target], (x0 + x1) / 2
        begin[source] += first
        end[target] += second
        shape = (
            f"M{x0},{y0:.2f}C{middle},{y0:.2f} {middle},{y1:.2f} {x1},{y1:.2f}V{y1 + max(second, 0.4):.2f}"
            f"C{middle},{y1 + second:.2f} {middle},{y0 + first:.2f} {x0},{y0 + max(first, 0.4):.2f}Z"
        )
        ink = colour.get(country, COLOURS[-1])
        parts.append(f'<path d="{shape}" fill="{ink.light}" fill-opacity="0.42"/>')
    return parts


def _label_x(sheet: Sheet, at: int) -> int:
    return sheet.bars[at] - 8 if sheet.columns[at] == 0 else sheet.bars[at] + BAR + (8 if sheet is WIDE else 4)


def _anchor(sheet: Sheet, at: int) -> str:
    return "end" if sheet.columns[at] == 0 else "start"


def _bar(sheet: Sheet, at: int, node: _Node, found: Json, colour: dict[str, Ink]) -> str:
    x, column, middle = sheet.bars[at], sheet.columns[at], node.top + node.height / 2
    ink = colour.get(node.key, COLOURS[-1]) if column == 3 else FRAME if column < 2 else MUTED
    total = sum(float(row["units"]) for row in found["flows"]) or 1.0
    first, _, rest = node.name.partition(" ")
    lines = [node.name] if node.key == OTHER or column == 3 or not rest else [rest, first]
    share = percent(min(1.0, node.units / total))
    told = f"{share} · {round(node.units):,}" if column != 2 and sheet.tells_units else share
    second = " · ".join([*lines[1:], told])
    if text_px(second, SMALL_PX) > sheet.room[at]:
        second = told
    label_x, anchor = _label_x(sheet, at), _anchor(sheet, at)
    return (
        f'<rect x="{x}" y="{node.top:.2f}" width="{BAR}" height="{node.height:.2f}" fill="{ink.light}"/>'
        + _words(label_x, middle - 2, short(lines[0], sheet.room[at]), SIZE_PX, anchor=anchor, halo=True)
        + _words(label_x, middle + 12, second, SMALL_PX, ink=MUTED, anchor=anchor, halo=True)
    )


def _words(
    x: float,
    y: float,
    text: str,
    size: int,
    *,
    ink: Ink = TEXT,
    anchor: str = "start",
    weight: str = "",
    halo: bool = False,
) -> str:
    """One line of text; a halo in the paper's colour keeps it readable over the bands."""
    around = f' stroke="{PAPER.light}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{ink.light}" text-anchor="{anchor}"{bold}{around}>'
        f"{escape(text)}</text>"
    )

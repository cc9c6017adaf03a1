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
from gonedark.publish.palette import FRAME, MUTED, PAPER, TEXT, Ink
from gonedark.publish.png import compact
from gonedark.publish.words import clean, count, percent, plural

Json = dict[str, Any]
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH, TOP, BAR = 1240, 74, 12
HEIGHTS = ((2, 130), (4, 240), (8, 340), (99, 430))
"""Pixels of all units together, by the bars of the longest column."""
COLUMN_PX = (222, 510, 800, 1060)
"""Where the bars of the four columns stand."""
MOST_NODES = 12
_LEAST_SHARE = 0.004
_LABEL_PX = 31
_NAME_LETTERS = 26
COLOURS = (
    *(Ink("#2f6db5", "#6aa7ee"), Ink("#c2571a", "#f0945a"), Ink("#2d8659", "#5cc492"), Ink("#8a4fa3", "#c793dd")),
    *(Ink("#a38100", "#dcb93f"), Ink("#b0395b", "#ee86a2"), Ink("#1d8a99", "#5cc9d8"), Ink("#6b7683", "#98a4b3")),
)
"""Colours of the foreign countries by their rank; the last is for all others."""
TITLES = ("Announced by", "Leaves the country through", "First network abroad", "Country")
OTHER = "other"


@dataclass(slots=True)
class _Node:
    """A bar: its key, words, units, and where it stands."""

    key: str
    name: str
    units: float
    top: float = 0.0
    height: float = 0.0


def render_png(found: Json, country_name: str) -> bytes:
    """The picture as PNG, twice as many pixels as its SVG has."""
    return compact(vl_convert.svg_to_png(drawing(found, country_name), scale=2))


def drawing(found: Json, country_name: str) -> str:
    """The picture as one SVG element in light colours; the page gives them their dark partners."""
    found = filled(found)
    flows = found["flows"]
    columns, links = _columns(found, flows)
    height = _lay_out(columns)
    colour = _colours(columns[3])
    parts = [_words(14, 28, f"What {clean(country_name, 60)} hangs on", 20, weight="bold")]
    parts.append(_words(14, 50, _subtitle(found), 13, ink=MUTED))
    if not flows:
        parts.append(_words(14, TOP + 40, "No way out of the country was seen.", 15))
    parts += [_words(_label_x(at), TOP, title, 13, ink=MUTED, anchor=_anchor(at)) for at, title in enumerate(TITLES)]
    for at, some in enumerate(links):
        parts += _bands(columns[at], columns[at + 1], COLUMN_PX[at] + BAR, COLUMN_PX[at + 1], some, colour)
    for at, nodes in enumerate(columns):
        parts += [_bar(at, node, found, colour) for node in nodes]
    label = quoteattr(clean(found["headline"], 600))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart flow" role="img" aria-label={label} '
        f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" font-family="{FONT}">'
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="{PAPER.light}"/>{"".join(parts)}</svg>'
    )


def dark_rules() -> str:
    """CSS that gives the picture's own colours their dark partners."""
    return "\n".join(f'.flow [fill="{ink.light}"]{{fill:{ink.dark}}}' for ink in COLOURS)


def _subtitle(found: Json) -> str:
    noun, census = unit_noun(found), found["census"]
    if not census:
        return ""
    held = f"{count(census['prefixes'], 'network')}, {count(pick(census) or 0, noun)}"
    return f"{held}; widths by {plural(noun, 2)}, as seen by {count(found['voters'] or 0, 'network')} abroad"


Link = tuple[str, str, str]
"""Left bar, right bar, and the country that the band leads to."""


def _columns(found: Json, flows: Sequence[Json]) -> tuple[list[list[_Node]], list[dict[Link, float]]]:
    """Bars of each column, largest first, and the bands between neighbouring columns."""
    keys = [[str(row[name]) for row in flows] for name in ("origin", "frontier", "provider", "country")]
    units = [float(row["units"]) for row in flows]
    columns: list[list[_Node]] = []
    for at, names in enumerate(keys):
        sums: dict[str, float] = defaultdict(float)
        for name, value in zip(names, units, strict=True):
            sums[name] += value
        kept = _kept(sums)
        rest = len(sums) - len(kept)
        keys[at] = names = [name if name in kept else OTHER for name in names]
        nodes = [_Node(name, _name(found, at, name), sums[name]) for name in kept]
        if rest:
            noun = "other country" if at == 3 else "other network"
            words = f"{rest:,} other countries" if at == 3 and rest > 1 else count(rest, noun)
            nodes.append(_Node(OTHER, words, sum(value for name, value in sums.items() if name not in kept)))
        columns.append(nodes)
    links: list[dict[Link, float]] = []
    for at in range(3):
        some: dict[Link, float] = defaultdict(float)
        for left, right, country, value in zip(keys[at], keys[at + 1], keys[3], units, strict=True):
            some[(left, right, country)] += value
        links.append(some)
    return columns, links


def _kept(sums: dict[str, float]) -> list[str]:
    """The largest ones, as many as can be told apart; a single small one is kept rather than gathered."""
    total = sum(sums.values()) or 1.0
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    kept = [name for name in ranked[:MOST_NODES] if sums[name] >= _LEAST_SHARE * total]
    return ranked if len(ranked) - len(kept) <= 1 else kept


def _name(found: Json, column: int, key: str) -> str:
    if column < 3:
        name = clean(found["names"].get(key) or "", 60)
        short = name if len(name) <= _NAME_LETTERS else name[: _NAME_LETTERS - 1].rstrip() + "…"
        return f"AS{key} {short}".rstrip()
    names = {row["country"]: row["name"] for row in found["transit_countries"]}
    return "Unknown country" if key == "None" else clean(names.get(key, key), 40)


def _lay_out(columns: list[list[_Node]]) -> float:
    """Place the bars; every one has room for its label. Returns the height of the drawing."""
    total = max((sum(node.units for node in nodes) for nodes in columns), default=0.0) or 1.0
    longest = max(len(nodes) for nodes in columns)
    full = next(height for most, height in HEIGHTS if longest <= most)
    heights = []
    for nodes in columns:
        at = 0.0
        for node in nodes:
            node.height = max(2.0, node.units / total * full)
            node.top = at
            at += max(node.height + 8, _LABEL_PX)
        heights.append(at)
    tallest = max([*heights, 60.0])
    for nodes, height in zip(columns, heights, strict=True):
        shift = TOP + 16 + (tallest - height) / 2
        for node in nodes:
            node.top += shift
    return TOP + 16 + tallest + 16


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


def _label_x(column: int) -> int:
    return COLUMN_PX[column] - 8 if column == 0 else COLUMN_PX[column] + BAR + 8


def _anchor(column: int) -> str:
    return "end" if column == 0 else "start"


def _bar(column: int, node: _Node, found: Json, colour: dict[str, Ink]) -> str:
    x, middle = COLUMN_PX[column], node.top + node.height / 2
    ink = colour.get(node.key, COLOURS[-1]) if column == 3 else FRAME if column < 2 else MUTED
    total = sum(float(row["units"]) for row in found["flows"]) or 1.0
    first, _, rest = node.name.partition(" ")
    lines = [node.name] if node.key == OTHER or column == 3 or not rest else [rest, first]
    share = (
        f"{percent(min(1.0, node.units / total))} · {round(node.units):,}"
        if column != 2
        else percent(min(1.0, node.units / total))
    )
    second = " · ".join([*lines[1:], share])
    return (
        f'<rect x="{x}" y="{node.top:.2f}" width="{BAR}" height="{node.height:.2f}" fill="{ink.light}"/>'
        + _words(_label_x(column), middle - 2, lines[0], 13, anchor=_anchor(column), halo=True)
        + _words(_label_x(column), middle + 12, second, 11, ink=MUTED, anchor=_anchor(column), halo=True)
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

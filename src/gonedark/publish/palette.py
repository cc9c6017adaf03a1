"""The chart's colours and patterns, in light and dark: one table from which the chart, its patterns and the page draw.

Begin with :data:`INKS` and :func:`with_patterns`. Charts are drawn in the light colours; the page gives each its dark
partner by the same table. A pattern stands in the drawing as a colour until :func:`with_patterns` puts it in.
Phases differ by pattern and label first, by colour second.
"""

from dataclasses import dataclass

from gonedark.model.report import PhaseName


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour on a light and on a dark ground."""

    light: str
    dark: str


PAPER = Ink("#fffffe", "#14181d")
TEXT = Ink("#1c2530", "#e6eaef")
MUTED = Ink("#55606e", "#a9b4c1")
GRID = Ink("#dfe4ea", "#2f3843")
LINE = Ink("#0a4f8f", "#7cc0ff")
BASELINE = Ink("#7b5800", "#e2b64f")
EDGE = Ink("#8e1b14", "#ff9a8f")
FRAME = Ink("#9aa5b2", "#5c6876")
NORMAL = Ink("#edf3ee", "#1d2a22")
UNSTABLE = Ink("#ffe9a8", "#4a3c0c")
UNSTABLE_MARK = Ink("#a87a00", "#d7ad35")
DEGRADED = Ink("#ffd9bd", "#55300f")
DEGRADED_MARK = Ink("#c05a10", "#f0974a")
OFFLINE = Ink("#b3261f", "#d6463d")
OFFLINE_TEXT = Ink("#fffffd", "#fffffc")
OFFLINE_GROUND = Ink("#f9e0de", "#3c1a18")
BLIND = Ink("#eceff3", "#222932")
BLIND_MARK = Ink("#8b96a5", "#6d7988")
INKS = tuple(value for value in list(globals().values()) if isinstance(value, Ink))

_STAND_INS = {"unstable": "#010101", "degraded": "#010102", "blind": "#010103"}
PHASE_FILLS: dict[PhaseName, str] = {
    "normal": NORMAL.light,
    "unstable": _STAND_INS["unstable"],
    "degraded": _STAND_INS["degraded"],
    "offline": OFFLINE.light,
    "blind": _STAND_INS["blind"],
}
"""What a phase's band is filled with; stand-ins for patterns among them."""


def _pattern(name: str, size: int, ground: Ink, marks: str) -> str:
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{size}" height="{size}" fill="{ground.light}"/>{marks}</pattern>'
    )


def patterns(prefix: str) -> str:
    """SVG ``defs`` with dots (unstable), upright bars (degraded) and slanting hatches (blind)."""
    slants = "M-1,1l2,-2M0,8l8,-8M7,9l2,-2"
    return (
        "<defs>"
        + _pattern(f"{prefix}-unstable", 6, UNSTABLE, f'<circle cx="3" cy="3" r="1.1" fill="{UNSTABLE_MARK.light}"/>')
        + _pattern(f"{prefix}-degraded", 5, DEGRADED, f'<rect width="1.3" height="5" fill="{DEGRADED_MARK.light}"/>')
        + _pattern(f"{prefix}-blind", 8, BLIND, f'<path d="{slants}" stroke="{BLIND_MARK.light}" stroke-width="1.3"/>')
        + "</defs>"
    )


def with_patterns(svg: str, prefix: str) -> str:
    """The drawing with its stand-in colours replaced by patterns whose ids begin with the prefix."""
    for name, colour in _STAND_INS.items():
        svg = svg.replace(f'fill="{colour}"', f'fill="url(#{prefix}-{name})"')
    head, end, body = svg.partition(">")
    return f"{head}{end}{patterns(prefix)}{body}"


def dark_rules() -> str:
    """CSS that gives every colour of a drawing its dark partner."""
    return "\n".join(
        f'.chart [{attribute}="{ink.light}"]{{{attribute}:{ink.dark}}}'
        for ink in INKS
        for attribute in ("fill", "stroke")
    )

"""What lanes are drawn with: boxes, lines and words at pixels, as layers of Vega-Lite.

Begin with :class:`Canvas` and :func:`rects`. Rows are dicts with ``x`` and ``y`` (pixels right and down) and what each
function names. Not for data against a scale of values, which ``lanes`` draws itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Literal

from gonedark.model.time import TimeSpan
from gonedark.publish import palette
from gonedark.publish.ticks import Tick, ticks

_LEAST_BAND_PX = 2.0
_TICK_PX = 72
Row = dict[str, Any]
_BEHIND_X: dict[str, Row] = {"x2": {"field": "x2"}}
_BEHIND_Y: dict[str, Row] = {"y2": {"field": "y2"}}
BASELINE: Row = {"type": "rule", "strokeDash": [6, 3], "stroke": palette.BASELINE.light, "strokeWidth": 1.2}
"""How the usual level is drawn."""
Align = Literal["left", "center", "right"]
Layer = dict[str, Any]
"""Marks of one kind as Vega-Lite has them: rows, mark and channels."""
Lane = dict[str, Any]
"""Layers on the same ground, as Vega-Lite has them."""


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """The window on so many pixels, and what is drawn on it."""

    window: TimeSpan
    width_px: int
    datasets: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of the marks by name."""

    def ticks(self, zone: tzinfo) -> list[Tick]:
        """Marks at round times of a clock, as many as there is room for."""
        return ticks(self.window, self.width_px // _TICK_PX, zone)

    def layer(self, rows: Iterable[Row], mark: Row, **channels: Row) -> Layer:
        """A mark for each row, drawn as the channels say."""
        name = f"rows-{len(self.datasets)}"
        self.datasets[name] = list(rows)
        return {"data": {"name": name}, "mark": mark, "encoding": channels}

    def px(self, time_us: int) -> float:
        """Pixels right of the window's begin, kept inside the drawing, to a hundredth."""
        share = (time_us - self.window.from_us) / max(1, self.window.duration_us)
        return round(min(1.0, max(0.0, share)) * self.width_px, 2)

    def band(self, span: TimeSpan) -> tuple[float, float]:
        """Both ends of a span, never so near to each other that it could not be seen."""
        left, right = self.px(span.from_us), self.px(span.until_us)
        return left, max(right, left + _LEAST_BAND_PX)


def box(x: float, y: float, width: float, height: float, fill: str) -> Row:
    """A row for :func:`rects`."""
    return {"x": x, "x2": x + width, "y": y, "y2": y + height, "fill": fill}


def stack(canvas: Canvas, height: float, *layers: Layer, **more: Any) -> Lane:
    """Layers of one lane, the last on top; ``more`` are further Vega-Lite properties of the lane."""
    return {"layer": list(layers), "width": canvas.width_px, "height": height, **more}


def against(field_: str, low: float, high: float, *, zero: bool = False, **more: Any) -> Row:
    """A channel whose values lie between these two on a scale of its own, without an axis unless ``more`` has one."""
    scale = {"domain": [low, high], "nice": False, "zero": zero}
    return {"field": field_, "type": "quantitative", "scale": scale, "axis": None} | more


def x_of(canvas: Canvas) -> Row:
    """The horizontal channel of every layer: pixels."""
    return against("x", 0, canvas.width_px)


def rects(
    rows: Iterable[Row], canvas: Canvas, height: float, *, stroke: str | None = None, opacity: float = 1.0
) -> Layer:
    """Boxes from (x, y) to (x2, y2), filled with each row's ``fill``."""
    edge: Row = {"stroke": stroke, "strokeWidth": 0.7} if stroke else {}
    mark = {"type": "rect", "opacity": opacity} | edge
    return canvas.layer(rows, mark, **_place(canvas, height), **_BEHIND_X, **_BEHIND_Y, fill=_colour("fill"))


def rules(rows: Iterable[Row], canvas: Canvas, height: float, *, dash: tuple[int, int] = (1, 0)) -> Layer:
    """Upright lines at x from y to y2, in each row's ``stroke``."""
    mark = {"type": "rule", "strokeWidth": 1, "strokeDash": list(dash)}
    return canvas.layer(rows, mark, **_place(canvas, height), **_BEHIND_Y, stroke=_colour("stroke"))


def dashes(rows: Iterable[Row], canvas: Canvas, height: float) -> Layer:
    """Short level lines from x to x2, drawn as the baseline is."""
    return canvas.layer(rows, BASELINE, **_place(canvas, height), **_BEHIND_X)


def texts(
    rows: Iterable[Row],
    canvas: Canvas,
    height: float,
    colour: str,
    *,
    bold: bool = False,
    align: Align = "center",
    size: int = 11,
) -> Layer:
    """Words at (x, y), upright middle."""
    look = {"align": align, "baseline": "middle", "fontSize": size, "fontWeight": "bold" if bold else "normal"}
    mark = {"type": "text", **look, "fill": colour, "limit": 0}
    return canvas.layer(rows, mark, **_place(canvas, height), text={"field": "text", "type": "nominal"})


def _place(canvas: Canvas, height: float) -> dict[str, Row]:
    return {"x": x_of(canvas), "y": against("y", height, 0)}


def _colour(field_: str) -> Row:
    """Colours as the rows name them."""
    return {"field": field_, "type": "nominal", "scale": None}

"""What lanes are drawn with: boxes, lines and words at pixels, as Altair charts.

Begin with :class:`Canvas` and :func:`rects`. Rows are dicts with ``x`` and ``y`` (pixels right and down) and what each
function names. Not for data against a scale of values, which ``lanes`` draws itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Literal

import altair as alt

from gonedark.model.time import TimeSpan
from gonedark.publish import palette
from gonedark.publish.ticks import Tick, ticks

_LEAST_BAND_PX = 2.0
_TICK_PX = 72
Row = dict[str, Any]
Align = Literal["left", "center", "right"]
Lane = dict[str, Any]
"""A lane as Vega-Lite has it. Layers are Altair's; stacked by Altair they would be copied deeply many times over."""


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """The window on so many pixels, and what is drawn on it."""

    window: TimeSpan
    width_px: int
    datasets: dict[str, list[Row]] = field(default_factory=dict)
    """Rows of the marks by name: kept apart from the charts, of which Altair makes many deep copies."""

    def ticks(self, zone: tzinfo) -> list[Tick]:
        """Marks at round times of a clock, as many as there is room for."""
        return ticks(self.window, self.width_px // _TICK_PX, zone)

    def chart(self, rows: Iterable[Row]) -> alt.Chart:
        """A chart of rows, still without a mark."""
        name = f"rows-{len(self.datasets)}"
        self.datasets[name] = list(rows)
        return alt.Chart(alt.NamedData(name))

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


def stack(canvas: Canvas, height: float, *layers: alt.Chart, **more: Any) -> Lane:
    """Layers of one lane, the last on top; ``more`` are further Vega-Lite properties of the lane."""
    drawn = [layer.to_dict(validate=False, context={"top_level": False}) for layer in layers]
    return {"layer": drawn, "width": canvas.width_px, "height": height, **more}


def x_of(canvas: Canvas) -> alt.X:
    """The horizontal channel of every layer: pixels."""
    return alt.X("x:Q", scale=alt.Scale(domain=[0, canvas.width_px], nice=False, zero=False), axis=None)


def rects(
    rows: Iterable[Row], canvas: Canvas, height: float, *, stroke: str | None = None, opacity: float = 1.0
) -> alt.Chart:
    """Boxes from (x, y) to (x2, y2), filled with each row's ``fill``."""
    more: Row = {"stroke": stroke, "strokeWidth": 0.7} if stroke else {}
    chart = canvas.chart(rows).mark_rect(opacity=opacity, **more)
    made: alt.Chart = chart.encode(
        x=x_of(canvas), x2=alt.X2("x2:Q"), y=_y(height), y2=alt.Y2("y2:Q"), fill=alt.Fill("fill:N", scale=None)
    )
    return made


def rules(rows: Iterable[Row], canvas: Canvas, height: float, *, dash: tuple[int, int] = (1, 0)) -> alt.Chart:
    """Upright lines at x from y to y2, in each row's ``stroke``."""
    chart = canvas.chart(rows).mark_rule(strokeWidth=1, strokeDash=list(dash))
    made: alt.Chart = chart.encode(
        x=x_of(canvas), y=_y(height), y2=alt.Y2("y2:Q"), stroke=alt.Stroke("stroke:N", scale=None)
    )
    return made


def dashes(rows: Iterable[Row], canvas: Canvas, height: float) -> alt.Chart:
    """Short level lines from x to x2, drawn as the baseline is."""
    chart = canvas.chart(rows).mark_rule(strokeDash=[6, 3], stroke=palette.BASELINE.light, strokeWidth=1.2)
    made: alt.Chart = chart.encode(x=x_of(canvas), x2=alt.X2("x2:Q"), y=_y(height))
    return made


def texts(
    rows: Iterable[Row],
    canvas: Canvas,
    height: float,
    colour: str,
    *,
    bold: bool = False,
    align: Align = "center",
    size: int = 11,
) -> alt.Chart:
    """Words at (x, y), upright middle."""
    weight: Literal["bold", "normal"] = "bold" if bold else "normal"
    chart = canvas.chart(rows).mark_text(
        align=align, baseline="middle", fontSize=size, fontWeight=weight, fill=colour, limit=0
    )
    made: alt.Chart = chart.encode(x=x_of(canvas), y=_y(height), text=alt.Text("text:N"))
    return made


def _y(height: float) -> alt.Y:
    return alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False, zero=False), axis=None)

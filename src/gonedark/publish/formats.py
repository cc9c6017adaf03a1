"""The forms a report can take: one table, from which the command line, the pages and the documentation derive theirs.

Begin with :data:`FORMATS` and :func:`render`. Renderers are named and imported when first asked for, since charts load
much that ``--help`` does not need. Each renderer takes (report, place) and gives bytes.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gonedark.model.place import Place
    from gonedark.model.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """One form: its renderer as ``module:function`` in this room, and how its bytes are to be treated."""

    name: str
    renderer: str
    is_binary: bool
    suffix: str
    media_type: str


FORMATS: dict[str, Format] = {
    item.name: item
    for item in (
        Format("text", "text:render", False, ".txt", "text/plain; charset=utf-8"),
        Format("json", "json:render", False, ".json", "application/json"),
        Format("html", "html:render", False, ".html", "text/html; charset=utf-8"),
        Format("csv", "series:render_csv", False, ".csv", "text/csv; charset=utf-8"),
        Format("parquet", "series:render_parquet", True, ".parquet", "application/vnd.apache.parquet"),
        Format("svg", "chart:render_svg", False, ".svg", "image/svg+xml"),
        Format("png", "chart:render_png", True, ".png", "image/png"),
    )
}


def render(report: "Report", format_name: str, place: "Place | None" = None) -> bytes:
    """The report in the format named.

    Raises ValueError for a zone that does not exist, and, naming the choices, where there is no such format.
    """
    form = FORMATS.get(format_name)
    if form is None:
        raise ValueError(f"{format_name!r} is not a format; choose one of {', '.join(FORMATS)}")
    module, function = form.renderer.split(":")
    made: bytes = getattr(import_module(f"gonedark.publish.{module}"), function)(report, place)
    return made

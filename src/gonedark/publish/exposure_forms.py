"""The forms an exposure can take on its own: text, JSON, CSV, a page, and the picture as SVG and PNG.

Begin with :func:`render` for one country's answer and :func:`everyone` for all countries. Not for reports, which carry
the same parts (``formats``).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gonedark.model.exposure import Summary
from gonedark.publish.console import WIDTH
from gonedark.publish.exposure import headline
from gonedark.publish.exposure_page import render as render_page
from gonedark.publish.exposure_text import render_csv, render_text
from gonedark.publish.flow import drawing, render_png
from gonedark.publish.headline import RECONSTRUCTION

Json = dict[str, Any]


def render(answer: Json, form: str, width: int = WIDTH) -> bytes:
    """One country's answer; text as wide as asked. Raises ValueError for an unknown form."""
    found = answer["exposure"]
    match form:
        case "text":
            return render_text(answer, width)
        case "json":
            return (json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8", "replace")
        case "csv":
            families = [found, found.get("ipv6"), found.get("ipv4")] if found else []
            country = answer["country"]
            rows = [(country["code"], country["name"], family) for family in families if family]
            return "".join(render_csv(rows)).encode("utf-8", "replace")
        case "html":
            return render_page(answer)
        case "svg":
            return drawing(found, answer["country"]["name"], note=_note(answer)).encode("utf-8", "replace")
        case "png":
            return render_png(found, answer["country"]["name"], _note(answer))
    raise ValueError(f"{form!r} is not a form of an exposure")


def _note(answer: Json) -> str:
    """What a picture must say of itself, since nothing stands around it."""
    return RECONSTRUCTION if answer.get("kind") == "reconstruction" else ""


def everyone(rows: Iterable[tuple[str, str, Json | Summary]], form: str) -> Iterator[bytes]:
    """All countries, from (code, name, answer): CSV with a head, JSON as one document a line, or one sentence each as
    text. JSON takes documents; the others are content with summaries."""
    if form == "csv":
        yield from (line.encode("utf-8", "replace") for line in render_csv(rows))
        return
    for code, name, found in rows:
        if isinstance(found, Summary):
            line = f"{headline(name, found)} [{found.family}, risk {found.risk_class or 'unknown'}]"
        else:
            document = {"country": {"code": code, "name": name}, "exposure": found}
            line = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        yield (line + "\n").encode("utf-8", "replace")

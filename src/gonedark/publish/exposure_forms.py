"""The forms an exposure can take on its own: text, JSON, CSV, a page, and the picture as SVG and PNG.

Begin with :func:`render`. Not for all countries (``exposure_rows``), nor for reports, which carry the same parts
(``formats``).
"""

import json
from typing import Any

from gonedark.publish.console import WIDTH
from gonedark.publish.exposure_page import render as render_page
from gonedark.publish.exposure_rows import render_csv
from gonedark.publish.exposure_text import render_text
from gonedark.publish.flow import drawing, render_png
from gonedark.publish.words import RECONSTRUCTION

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

"""What a country hangs on as one page: a single file that asks nobody for anything, in light and dark.

Begin with :func:`render`; :func:`parts` gives the pieces that a report's page shows too. What came from outside is
escaped by the template. Not for reports (``html``).
"""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from gonedark.publish import exposure_tables as tables
from gonedark.publish import flow, palette
from gonedark.publish.sheet import NARROW
from gonedark.publish.words import clean

Json = dict[str, Any]


def render(answer: Json) -> bytes:
    """The page as UTF-8 HTML."""
    page = _environment().from_string(_asset("exposure.html"))
    country = clean(answer["country"]["name"], 60)
    style = f"{_asset('page.css')}@media screen and (prefers-color-scheme: dark) {{\n{dark_rules()}\n}}\n"
    return page.render(
        style=Markup(style),
        title=f"What {country} hangs on",
        changes=[line for item in answer["changes"] for line in tables.change_words(item)],
        inputs=[(clean(item["name"], 80), clean(item["sha256"], 64)) for item in answer["inputs"]],
        delegation=clean(answer["delegation"]),
        warnings=[clean(line) for line in answer["warnings"]],
        **parts(answer["exposure"], answer["users"], country),
    ).encode("utf-8", "replace")


def dark_rules() -> str:
    """CSS for the picture in the dark."""
    return palette.dark_rules() + "\n" + flow.dark_rules()


def parts(found: Json, users: Json | None, country: str) -> Json:
    """Picture, sentence, facts and tables of an exposure."""
    found = tables.filled(found)
    other = found.get("ipv6")
    return {
        "picture": Markup(flow.drawing(found, country)),
        "narrow": Markup(flow.drawing(found, country, NARROW)),
        "sentence": clean(found["headline"], 600),
        "notes": [clean(line) for line in found["warnings"]],
        "what_if": tables.what_if_words(found),
        "facts": [
            ("At", tables.moment(found)),
            *tables.key_facts(found),
            ("Users", tables.users_words(users)),
        ],
        "tables": list(tables.sections(found)),
        "other_sentence": clean(other["headline"], 600) if other else "",
        "other_facts": tables.key_facts(other) if other else [],
    }


@cache
def _asset(name: str) -> str:
    return files("gonedark.publish").joinpath(name).read_text("utf-8")


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

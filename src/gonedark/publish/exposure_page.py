"""What a country hangs on as one page: a single file that asks nobody for anything, in light and dark.

Begin with :func:`render`; :func:`parts` gives the pieces that a report's page shows too. Not for reports (``html``).
"""

from typing import Any

from markupsafe import Markup

from gonedark.publish import exposure_tables as tables
from gonedark.publish import flow
from gonedark.publish.sheet import NARROW
from gonedark.publish.template import filled
from gonedark.publish.words import RECONSTRUCTION, clean

Json = dict[str, Any]


def render(answer: Json) -> bytes:
    """The page as UTF-8 HTML."""
    country = clean(answer["country"]["name"], 60)
    return filled(
        "exposure.html",
        title=f"What {country} hangs on",
        banner=RECONSTRUCTION if answer.get("kind") == "reconstruction" else "",
        changes=[line for item in answer["changes"] for line in tables.change_words(item)],
        inputs=[(clean(item["name"], 80), clean(item["sha256"], 64)) for item in answer["inputs"]],
        delegation=clean(answer["delegation"]),
        warnings=[clean(line, 600) for line in answer["warnings"]],
        **parts(answer["exposure"], answer["users"], country),
    )


def parts(found: Json, users: Json | None, country: str) -> Json:
    """Picture, sentence, facts and tables of an exposure."""
    found = tables.filled(found)
    other = found.get("ipv6")
    return {
        "picture": Markup(flow.drawing(found, country)),
        "narrow": Markup(flow.drawing(found, country, NARROW)),
        "sentence": clean(found["headline"], 600),
        "notes": [clean(line, 600) for line in found["warnings"]],
        "what_if": tables.what_if_words(found),
        "facts": [
            ("At", tables.moment(found)),
            *tables.watched(found),
            *tables.key_facts(found),
            ("Users", tables.users_words(users)),
        ],
        "tables": list(tables.sections(found)),
        "other_sentence": clean(other["headline"], 600) if other else "",
        "other_facts": tables.key_facts(other) if other else [],
    }

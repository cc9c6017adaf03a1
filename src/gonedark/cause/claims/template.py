"""A claims file to fill in, made from the list of kinds. Begin with :func:`template_text`."""

from collections.abc import Iterator, Sequence

from gonedark.cause.claims.kinds import KINDS
from gonedark.cause.claims.reading import FORMAT

_HEAD = f'''# Who said what, when and where, and what exactly that claims. One [[claim]] for each; delete the rest.
# Add denied = true where the speaker says that it is not so, about = a time where it is about another outage.

format = "{FORMAT}"
title = "What this collection is about"

[[source]]
id = "paper"
title = "Title of the article"
publication = "Name of the paper"
date = 2014-12-23
url = "https://example.org/article"
'''


def template_text(kinds: Sequence[str]) -> str:
    """The file with one claim of each of these kinds. Reads back as it stands."""
    return "\n".join([_HEAD, *(_claim(name) for name in kinds)])


def _claim(name: str) -> str:
    kind = KINDS[name]
    lines = [
        "[[claim]]",
        f'id = "{name}-1"',
        'speaker = "Who said it"',
        'source = "paper"',
        'words = "What was said, in short and in your own words"',
        f'kind = "{name}"    # {kind.help}',
        *_fields(name),
    ]
    return "\n".join(lines) + "\n"


def _fields(name: str) -> Iterator[str]:
    for key, field in KINDS[name].fields.items():
        mark = "" if field.required or key in KINDS[name].one_of[:1] else "# "
        choices = f": {', '.join(field.choices)}" if field.choices else ""
        yield f"{mark}{key} = {field.example}    # {field.help}{choices}"

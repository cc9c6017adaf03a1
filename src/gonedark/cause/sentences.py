"""All sentences of the room in one list, for those who want to read them all: the tests do.

Begin with :func:`every_sentence`.
"""

from collections.abc import Iterator

from gonedark.cause import templates
from gonedark.cause.claims import words as claim_words
from gonedark.cause.hypotheses import RULES
from gonedark.cause.rules import Rule


def every_sentence() -> dict[str, str]:
    """Id to template: the closed list of everything that can be said about causes and claims."""
    found = {**templates.ALL, **claim_words.ALL}
    found |= {f"trend.{name}": words for name, words in templates.TRENDS.items()}
    for rule in RULES:
        found |= dict(_of(rule))
    return found


def _of(rule: Rule) -> Iterator[tuple[str, str]]:
    yield f"{rule.id}.label", rule.label
    yield f"{rule.id}.without-routes", rule.without_routes_words
    for name in ("supporting", "against", "contradicting", "apart"):
        for number, item in enumerate(getattr(rule, name)):
            yield f"{rule.id}.{name}.{number}", item.words

"""Every sentence that can be generated about causes and claims, read one by one: nobody is ever named."""

import re

import pytest

from documented import documented
from gonedark.cause.explain import explain
from gonedark.cause.hypotheses import RULES
from gonedark.cause.sentences import every_sentence
from gonedark.cause.templates import fields
from gonedark.publish.statement_words import HEADINGS, SENTENCES

EVERYTHING = {**every_sentence(), **SENTENCES, **{f"heading.{name}": words for name, words in HEADINGS.items()}}

NAMES_ACTORS = re.compile(
    r"\b(governments?|regimes?|army|military|police|president|minister|ministry|authorities|agency|hackers?|criminals?"
    r"|terrorists?|enemy|enemies|spies|intelligence|culprits?|perpetrators?|attackers?|guilty|blame[ds]?|responsible"
    r"|sabotage|china|chinese|america|american|washington|beijing|pyongyang|russia|iran|israel|korea)\b",
    re.IGNORECASE,
)
"""Words that would name somebody, or call somebody guilty."""

AS_FIELDS = {"as_one", "as_outer", "as_inner", "as_list", "as_before", "as_after"}
PEOPLE_FIELDS = {"country", "citation"}
NUMBER_FIELDS = {
    *("addresses", "after", "apart", "before", "chance", "cliff", "collectors", "consistent", "count", "countries"),
    *("crossings", "decay", "delegated", "end", "from", "gaps", "high", "hours", "length", "local", "lost", "low"),
    *("measured", "median", "networks", "no", "origins", "percent", "ratio", "seconds", "shares", "smaller", "start"),
    *(
        "swings",
        "unclear",
        "until",
        "verdict",
        "voters",
        "watched",
        "within",
        "yes",
        "zone",
        "zones",
        "stance",
        "trend",
    ),
}


@pytest.mark.parametrize("identity", EVERYTHING)
def test_no_sentence_names_anybody(identity: str) -> None:
    assert not NAMES_ACTORS.search(EVERYTHING[identity])


@pytest.mark.parametrize("identity", EVERYTHING)
def test_only_marked_places_take_insertions(identity: str) -> None:
    for name in fields(EVERYTHING[identity]):
        marked = name in AS_FIELDS | PEOPLE_FIELDS | NUMBER_FIELDS or name.startswith("text_")
        assert marked, f"{name} is no known insertion"


@pytest.mark.parametrize("identity", EVERYTHING)
def test_sentences_are_whole(identity: str) -> None:
    words = EVERYTHING[identity]
    assert words == words.strip() or identity == "local"
    assert "  " not in words
    assert "!" not in words


def test_hypotheses_say_everything_without_insertions() -> None:
    ids = {rule.id for rule in RULES}
    mine = {identity: words for identity, words in EVERYTHING.items() if identity.split(".")[0] in ids}
    assert len(mine) > 100
    assert all(not fields(words) for words in mine.values())


def test_generated_causes_name_nobody() -> None:
    for event in documented():
        cause, evidence = explain(event.features)
        told = [*cause.cannot_tell, *(item.statement for item in evidence)]
        told += [reason.words for item in cause.hypotheses for reason in item.reasons]
        for words in told:
            assert not NAMES_ACTORS.search(re.sub(r"By the clock of \S+", "", words))


def test_every_rule_says_where_it_comes_from_and_what_would_tell_it_apart() -> None:
    assert RULES[0].id == "artefact"
    assert len({rule.id for rule in RULES}) == len(RULES) == 11
    for rule in RULES:
        assert rule.sources
        assert rule.apart
        assert rule.without_routes_words

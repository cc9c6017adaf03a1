"""Spells below a level: what counts, what merges, and what blindness does."""

from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.time import MINUTE_US, SECOND_US, TimeSpan
from gonedark.outage.spells import Spell, SpellFinder


def found(text: str, seconds: int = 30) -> list[Spell]:
    """Spells of a word: ``#`` below, ``-`` above, ``?`` blind, each sign half a minute."""
    finder = SpellFinder(MINUTE_US, 5 * MINUTE_US)
    for at, sign in enumerate(text):
        begin = at * seconds * SECOND_US
        finder.feed(begin, begin + seconds * SECOND_US, below=sign == "#", blind=sign == "?")
    return finder.found()


def at(index: int) -> int:
    return index * 30 * SECOND_US


def test_a_spell_begins_and_ends_where_the_level_changed() -> None:
    assert found("----####----------") == [Spell(at(4), at(8))]


def test_under_a_minute_counts_for_nothing() -> None:
    assert found("----#-----#-------") == []


def test_a_return_under_five_minutes_ends_nothing() -> None:
    assert found("--####---####-----------") == [Spell(at(2), at(13))]


def test_an_open_spell_has_no_end() -> None:
    assert found("--#####") == [Spell(at(2), None)]
    assert found("--#####---") == [Spell(at(2), None)]


def test_a_loss_found_after_blindness_starts_at_its_end() -> None:
    blind = TimeSpan(at(2), at(6))
    assert found("--????####----------") == [Spell(at(6), at(10), start_blind=blind)]


def test_an_outage_found_over_after_blindness_ended_at_its_end() -> None:
    blind = TimeSpan(at(6), at(9))
    assert found("--####???-----------") == [Spell(at(2), at(9), end_blind=blind)]


def test_an_outage_on_both_sides_of_blindness_is_one() -> None:
    assert found("--####????####----------") == [Spell(at(2), at(14))]


def test_a_level_seen_on_both_sides_of_blindness_held_through_it() -> None:
    # Two tables an hour apart, each believed for a second: both without the country.
    blind = TimeSpan(at(1), at(4))
    assert found("-???#????#????#????-----------") == [
        Spell(at(4), at(19), start_blind=blind, end_blind=TimeSpan(at(15), at(19)))
    ]
    assert found("--#????-----------") == []


def test_blindness_alone_is_no_spell() -> None:
    assert found("--??????") == []
    assert found("????--------") == []


@given(st.text("#-?", max_size=60), st.integers(1, 15))
def test_cutting_pieces_changes_nothing(text: str, parts: int) -> None:
    finer = "".join(sign * parts for sign in text)
    finder = SpellFinder(MINUTE_US, 5 * MINUTE_US)
    step = at(1) // parts
    for index, sign in enumerate(finer):
        finder.feed(index * step, (index + 1) * step, below=sign == "#", blind=sign == "?")
    if at(1) % parts == 0:
        assert finder.found() == found(text)


@given(st.text("#-?", max_size=60))
def test_spells_are_disjoint_and_begin_and_end_in_sight(text: str) -> None:
    last = -1
    for spell in found(text):
        assert spell.start_us > last
        assert text[spell.start_us // at(1)] == "#"
        if spell.end_us is not None:
            assert text[spell.end_us // at(1)] == "-"
            last = spell.end_us

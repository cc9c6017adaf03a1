"""What a country hangs on, in words: ranges as rough as they are, and no majority that is none."""

from gonedark.publish.exposure_tables import users_words


def test_an_assumption_is_not_told_to_the_last_digit() -> None:
    told = {"low": 511846, "high": 10236928, "method": "an assumption", "date": "2011-01-27"}
    assert users_words(told) == "about 510,000 to 10,000,000 (an assumption; as of 2011-01-27)"
    assert users_words(told | {"low": 205, "high": 4096, "date": None}).startswith("about 200 to 4,100 (")
    assert users_words(told | {"low": 0, "high": 5}).startswith("about 0 to 5 (")
    assert users_words(None) == "unknown"

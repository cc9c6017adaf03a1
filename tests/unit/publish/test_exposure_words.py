"""What a country hangs on, in words: ranges as rough as they are, and no majority that is none."""

import pytest

from gonedark.model.exposure import Census, ForeignOrigin, Network
from gonedark.publish.exposure import census_answer
from gonedark.publish.exposure_forms import render
from gonedark.publish.exposure_tables import users_words


def test_an_assumption_is_not_told_to_the_last_digit() -> None:
    told = {"low": 511846, "high": 10236928, "method": "an assumption", "date": "2011-01-27"}
    assert users_words(told) == "about 510,000 to 10,000,000 (an assumption; as of 2011-01-27)"
    assert users_words(told | {"low": 205, "high": 4096, "date": None}).startswith("about 200 to 4,100 (")
    assert users_words(told | {"low": 0, "high": 5}).startswith("about 0 to 5 (")
    assert users_words(None) == "unknown"


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_warning_that_names_many_networks_is_told_to_its_end(form: str) -> None:
    name = "A NETWORK OF WHICH THE NAME HAS FORTY-EIGHT LETTERS"
    origins = tuple(ForeignOrigin(Network(4_100_000_000 + at, name, None), 9, 99_999_999 - at) for at in range(2000))
    census = Census("ipv4", 9, 99_999_999, 0, 0, 2000, 0, 0, origins, 0, None, None)
    told = census_answer("Atlantis", [census])
    about = {"country": {"code": "XX", "name": "Atlantis"}, "inputs": [], "delegation": "", "warnings": []}
    words = " ".join(render(about | told, form).decode().split())
    assert "with 99,999,996 addresses and 1,996 more. The delegations have no country for these AS numbers" in words
    assert "--attribute makes an AS the country's" in words.replace("&#39;", "'")

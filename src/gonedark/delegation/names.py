"""Countries as people name them: everyday English names, codes, capitals and their clocks.

Begin with :func:`find_country`, which takes what a user typed, and :func:`place_of`. Names come from the Unicode CLDR
by way of Babel, its short forms where it has one ("Hong Kong", "Palestine"). Not for names of networks: those are in
a :class:`~gonedark.model.attribution.Registry`.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale

from gonedark.delegation.capitals import CAPITALS
from gonedark.model.place import Place
from gonedark.model.report import Country
from gonedark.model.time import to_datetime

CODES: frozenset[str] = frozenset(CAPITALS)
"""ISO 3166-1 alpha-2 codes in force."""

_SHORT = {
    "HK": "Hong Kong",
    "MO": "Macao",
    "MM": "Myanmar",
    "PS": "Palestine",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
}
_OTHER_CODES = {"UK": "GB", "EL": "GR"}
_OTHER_NAMES = {
    "america": "US",
    "bosnia": "BA",
    "britain": "GB",
    "burma": "MM",
    "cape verde": "CV",
    "congo brazzaville": "CG",
    "congo kinshasa": "CD",
    "czech republic": "CZ",
    "democratic peoples republic of korea": "KP",
    "democratic republic of congo": "CD",
    "democratic republic of the congo": "CD",
    "dprk": "KP",
    "drc": "CD",
    "east timor": "TL",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "islamic republic of iran": "IR",
    "ivory coast": "CI",
    "macau": "MO",
    "macedonia": "MK",
    "palestinian territories": "PS",
    "peoples republic of china": "CN",
    "republic of china": "TW",
    "republic of korea": "KR",
    "russian federation": "RU",
    "swaziland": "SZ",
    "syrian arab republic": "SY",
    "timor leste": "TL",
    "turkey": "TR",
    "uae": "AE",
    "united states of america": "US",
    "usa": "US",
    "vatican": "VA",
    "viet nam": "VN",
}
_SUGGESTIONS = 8


class UnknownCountryError(ValueError):
    """No such country; the message says which were perhaps meant."""


@cache
def country_names() -> Mapping[str, str]:
    """Code to everyday English name. Also codes no longer in ISO 3166-1 that CLDR still names."""
    named = {code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    return {**named, **_SHORT}


def country_name(code: str) -> str:
    """Everyday name of a code, the code itself where there is none."""
    return country_names().get(code, code)


def find_country(text: str) -> Country:
    """What a user typed: ``KP``, ``kp``, ``North Korea`` or another usual name.

    Raises UnknownCountryError with countries that were perhaps meant.
    """
    wanted = text.strip()
    code = _OTHER_CODES.get(wanted.upper(), wanted.upper())
    if code not in CODES:
        code = _by_name().get(_plain(wanted), "")
    if not code:
        raise UnknownCountryError(_unknown(wanted))
    return Country(code, country_name(code))


def place_of(code: str) -> Place | None:
    """Capital and its time zone; None for a code that is not in ISO 3166-1 (as the old AN)."""
    return CAPITALS.get(code)


def local_time(time_us: int, code: str) -> datetime:
    """The same moment by the clocks of the country's capital on that date.

    Raises UnknownCountryError for a code without a place.
    """
    place = place_of(code)
    if place is None:
        raise UnknownCountryError(_unknown(code))
    return to_datetime(time_us).astimezone(ZoneInfo(place.zone))


def _plain(name: str) -> str:
    """Lower case without accents, marks and a leading article."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’ʻ.]", "", bare)).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the" or len(words) == 1)


@cache
def _by_name() -> Mapping[str, str]:
    full = Locale("en").territories
    named = {_plain(full[code]): code for code in sorted(CODES)}
    short = {_plain(name): code for code, name in _SHORT.items()}
    other = {_plain(name): code for name, code in _OTHER_NAMES.items()}
    return {**named, **other, **short}


def _unknown(wanted: str) -> str:
    shown = wanted if len(wanted) <= 40 else wanted[:39] + "…"
    near = _near_codes(wanted.upper()) if re.fullmatch("[A-Za-z]{2}", wanted) else _near_names(wanted)
    if not near:
        return f"unknown country {shown!r}; give an ISO 3166-1 code such as KP, or an English name"
    meant = ", ".join(f"{code} ({country_name(code)})" for code in near)
    return f"unknown country {shown!r}; did you mean {meant}?"


def _near_codes(wanted: str) -> list[str]:
    """Codes with the same first letter, those nearest in the alphabet, and the two letters the other way round."""
    same = [code for code in CODES if code[0] == wanted[0]]
    near = sorted(same, key=lambda code: (abs(ord(code[1]) - ord(wanted[1])), code))[:_SUGGESTIONS]
    return sorted(near) + [code for code in (wanted[::-1],) if code in CODES and code not in near]


def _near_names(wanted: str) -> list[str]:
    """Names spelt alike, and names that have the words in them."""
    names, plain = _by_name(), _plain(wanted)
    alike = [names[name] for name in get_close_matches(plain[:80], names, n=_SUGGESTIONS, cutoff=0.75)]
    inside = [code for name, code in names.items() if len(plain) > 3 and plain in name]
    return list(dict.fromkeys(alike + sorted(inside)))[:_SUGGESTIONS]

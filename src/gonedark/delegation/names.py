"""Everyday names of countries. Begin with :func:`country_names`."""

from collections.abc import Mapping
from functools import cache

from babel import Locale


@cache
def country_names() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 code to everyday English name (CLDR)."""
    return {code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}

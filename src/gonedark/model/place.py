"""Where a country's clock stands: its capital and that city's time zone, as a value that faces hand into ``publish``.

Begin with :class:`Place`. Not for time arithmetic: everything inside is UTC, and only renderers look at a zone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A capital by its everyday English name, and its IANA time zone, such as ``Asia/Pyongyang``."""

    capital: str
    zone: str

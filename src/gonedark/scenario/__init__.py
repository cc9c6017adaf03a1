"""A facts file of an outage, and the MRT archives that replay it: for demonstration, teaching and tests.

``load("north-korea-2014")`` or ``parse(text)`` gives a :class:`Scenario`, ``build(scenario)`` its files (path, bytes).
For worlds without facts, such as tests of collectors that die, see :mod:`gonedark.scenario.world`.
"""

from gonedark.scenario.facts import Scenario
from gonedark.scenario.reading import load, names, parse
from gonedark.scenario.story import build
from gonedark.scenario.world import World

__all__ = ["Scenario", "World", "build", "load", "names", "parse"]

"""What a check found, and the measures that several checks share.

Begin with :class:`Finding`.
"""

from dataclasses import dataclass
from typing import Any

from gonedark.cause.claims.words import say
from gonedark.model.claim import Verdict

UNCLEAR_TIMES = 2.5
"""Beyond the margin and up to so many times of it a number is unclear; further off it contradicts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Verdict and reason of one check; ``measured`` is the value compared, ``field`` where the report holds it."""

    verdict: Verdict
    reason: str
    margin: str | None = None
    measured: Any = None
    field: str = ""
    evidence: tuple[str, ...] = ()
    """Evidence of the report that bears on it, beside what was measured for it."""


def not_observable(reason: str) -> Finding:
    """No measurement bears on it, for the reason with this id."""
    return Finding("not-observable", say(reason))


def by_share(measured: float, claimed: float, relation: str, within: float) -> tuple[Verdict, str]:
    """A number against another: verdict and margin."""
    apart = abs(measured - claimed) / claimed if claimed else float(measured != claimed)
    if (relation == "at-least" and measured >= claimed) or (relation == "at-most" and measured <= claimed):
        apart = 0.0
    verdict: Verdict = "contradicted"
    if apart <= within:
        verdict = "supported"
    elif apart <= UNCLEAR_TIMES * within:
        verdict = "unclear"
    if relation == "about":
        return verdict, share_margin(within)
    return verdict, say(f"margin.{relation}", within=f"{100 * within:g}")


def share_margin(within: float) -> str:
    """The margin in words."""
    if not within:
        return say("margin.exact")
    return say("margin.share", within=f"{100 * within:g}", unclear=f"{100 * UNCLEAR_TIMES * within:g}")


def hours_words(seconds: float) -> str:
    """``9 h 31 min``, ``31 min``, ``40 s``; to the next minute, as the report tells lengths, from a minute on."""
    if round(seconds) < 60:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"

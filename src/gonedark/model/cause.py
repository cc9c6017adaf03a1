"""What may have caused an outage, as values: competing hypotheses, where the routes died, what nobody can tell.

Begin with :class:`Cause`. The room ``cause`` makes them, ``publish`` shows them. Not for rules and not for words.
"""

from dataclasses import dataclass, field
from typing import Literal

Stance = Literal["consistent", "less-likely", "contradicted", "not-observable"]
UNKNOWN_CAUSE = "unknown"


@dataclass(frozen=True, slots=True)
class Discriminator:
    """What would tell a hypothesis from its rivals, and whether this report could see it.

    ``evidence`` names the evidence that answers it, where one does.
    """

    question: str
    observable: bool
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What one piece of evidence (None: the lack of any) means for a hypothesis, in a sentence."""

    side: Literal["for", "against", "neither"]
    evidence: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible cause: how the evidence stands to it. ``supporting`` and ``against`` are evidence ids.

    ``reasons`` say it in sentences, those that decide first; ``sources`` say where the rule comes from.
    """

    id: str
    label: str
    stance: Stance
    supporting: tuple[str, ...]
    against: tuple[str, ...]
    reasons: tuple[Reason, ...]
    apart: tuple[Discriminator, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An AS (one number) or an adjacency (two, the outer one first) that every lost route may have hung on.

    ``lost_share``: how much of the lost (voter, address) weight had crossed it. ``carried_lost_share``: how much of
    what it carried to the country was lost. Shares from 0 to 1.
    """

    kind: Literal["as", "adjacency"]
    asns: tuple[int, ...]
    lost_share: float
    carried_lost_share: float


@dataclass(frozen=True, slots=True)
class Where:
    """Where the routes died: the best explanation (None: no single place) and what looks the same from outside."""

    best: Candidate | None
    alike: tuple[Candidate, ...]
    statement: str


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """How much more often past shutdowns than other national outages had this feature. Context, never a decision."""

    evidence: str
    ratio: float
    note: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """Another outage of the same report, weighed by the same rules, in short: ``stances`` by hypothesis id."""

    outage: str
    patterns: tuple[str, ...]
    verdict: str
    stances: dict[str, Stance]


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known about the cause of one outage (``outage`` None: no route was lost), the gravest of a report.

    ``patterns`` are codes from a closed list (``docs/causes.md``); ``verdict`` is a hypothesis id or ``"unknown"``.
    ``others`` are the report's other outages in short, by time; of very many only the gravest.
    ``limits`` are the numbers of the rules by name.
    """

    outage: str | None
    patterns: tuple[str, ...]
    verdict: str
    hypotheses: tuple[Hypothesis, ...]
    where: Where | None
    ratios: tuple[LikelihoodRatio, ...]
    cannot_tell: tuple[str, ...]
    limits: dict[str, float | int] = field(default_factory=dict)
    others: tuple[Weighed, ...] = ()

    def hypothesis(self, identity: str) -> Hypothesis:
        """One hypothesis by its id. Raises KeyError."""
        for item in self.hypotheses:
            if item.id == identity:
                return item
        raise KeyError(identity)

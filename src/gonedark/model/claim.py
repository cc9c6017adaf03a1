"""What somebody said about an outage, and what the data say to that, as values.

Begin with :class:`Claim`; :class:`JudgedClaim` adds the verdict. The kinds of claims and what each of them states are
in :mod:`gonedark.cause.claims.kinds`. Not for reading claims out of prose: a person writes them down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["supported", "contradicted", "unclear", "not-observable"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: who said it when (microseconds UTC, None: unknown), where it was published, the words in short.

    ``kind`` is one of a closed list, ``states`` what exactly is claimed, in that kind's own fields; ``denied``: the
    speaker says that it is *not* so.
    """

    id: str
    speaker: str
    said_at_us: int | None
    source: str
    text: str
    kind: str
    states: Mapping[str, Any] = field(default_factory=dict)
    denied: bool = False


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with its verdict. ``reason`` is one sentence; ``margin`` says how loosely it was read, where it was."""

    claim: Claim
    verdict: Verdict
    reason: str
    margin: str | None
    evidence: tuple[str, ...]

"""Power failure: routers or the buildings they stand in lose electricity.

For: a loss that frays over hours (batteries), instability before or relapses after, a partial loss; for a small network
behind one place also a sudden one. Against: several independent networks nationwide in the same minutes, most of the
country at the same time of day again, a chosen order.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import (
    CHOSEN_ORDER,
    DYN_2014,
    FEW_NETWORKS,
    MANY_PEERS_HELD,
    MANY_TOGETHER,
    MOST_REPEATED,
    NEIGHBOURS,
    TRAFFIC,
)
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="power",
    label="a power failure",
    sources=(DYN_2014, "NetBlocks 2019 on Venezuela; Cloudflare 2025 on Spain and Portugal: batteries, relapses"),
    supporting=(
        Point("cause.lead-up", patterns.flapped, "Unsteady power makes routes come and go before they stay away."),
        Point("cause.onset-spread", patterns.slow, "The loss took an hour or more, as batteries run down."),
        Point("cause.depth", patterns.partial, "A part of the country was lost and the rest was not."),
        Point("cause.relapses", patterns.relapsed, "It came back and went again within a day."),
        Point("cause.where", patterns.one_place, "One place explains the loss; one router without power is enough."),
        FEW_NETWORKS,
    ),
    against=(
        MANY_TOGETHER,
        MOST_REPEATED,
        CHOSEN_ORDER,
        MANY_PEERS_HELD,
    ),
    apart=(
        TRAFFIC,
        NEIGHBOURS,
        Question("Whether lights went out: reports from the grid, or pictures from satellites at night."),
    ),
    without_routes_words="Homes lose power long before the routers that announce their addresses do.",
)

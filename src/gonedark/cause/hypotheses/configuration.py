"""Configuration error or failing equipment: an operator's own mistake, or a router that is ill.

For: one place explains the loss; it flapped, as retries do. Against: several independent networks, the same time of day
again, a chosen order.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import (
    CHOSEN_ORDER,
    FEW_NETWORKS,
    MANY_PEERS_HELD,
    MANY_TOGETHER,
    PRINCE_2014,
    REPEATED,
    STATEMENTS,
    WHICH_END,
)
from gonedark.cause.rules import Point, Rule

RULE = Rule(
    id="configuration",
    label="a configuration error or failing equipment",
    sources=(
        PRINCE_2014,
        "Cloudflare, October 2021 on Facebook and November 2023 on Optus: one operator, its own change",
    ),
    supporting=(
        Point("cause.where", patterns.one_place, "One place explains the whole loss."),
        FEW_NETWORKS,
        Point(
            "cause.lead-up", patterns.flapped, "Routes came and went before they stayed away, as with a sick router."
        ),
        Point("cause.depth", patterns.partial, "A part of the country was lost and the rest was not."),
    ),
    against=(
        MANY_TOGETHER,
        CHOSEN_ORDER,
        REPEATED,
        MANY_PEERS_HELD,
    ),
    apart=(STATEMENTS, WHICH_END),
    without_routes_words="Filters, name servers and gateways can be set wrongly while routes stay.",
)

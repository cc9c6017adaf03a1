"""The hypotheses, one file each, in the order in which they are tried: measurement first.

Begin with :data:`RULES`. Where each rule comes from stands in its file and in the report.
"""

from gonedark.cause.hypotheses import (
    artefact,
    attack_or_overload,
    cable_cut,
    configuration,
    disaster,
    leak_or_hijack,
    maintenance,
    power,
    rpki_or_filter,
    shutdown_order,
    upstream_cut,
)

RULES = (
    artefact.RULE,
    shutdown_order.RULE,
    upstream_cut.RULE,
    cable_cut.RULE,
    power.RULE,
    attack_or_overload.RULE,
    configuration.RULE,
    leak_or_hijack.RULE,
    rpki_or_filter.RULE,
    disaster.RULE,
    maintenance.RULE,
)

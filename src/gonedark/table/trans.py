"""AS_TRANS: the number that stands for a long AS number where a message has only two bytes for it (RFC 6793).

A collector that writes two-byte messages calls every peer with a long number AS23456, while its tables name the peer:
one session under two names. Begin with :func:`twins`. Not for AS paths, whose long numbers the decoder restores.
"""

from collections import defaultdict
from collections.abc import Iterable

AS_TRANS = 23456
_LONGEST_SHORT = 0xFFFF


def twins(peers: Iterable[tuple[int, str]]) -> dict[int, int]:
    """Which peers (AS number, address) are another under AS_TRANS: index to the index of the one with the true number.

    That is the only peer of the same address with a number too long for two bytes; where there are several, nobody is.
    """
    named: dict[str, list[int]] = defaultdict(list)
    nameless: dict[int, str] = {}
    for index, (asn, address) in enumerate(peers):
        if asn == AS_TRANS:
            nameless[index] = address
        elif asn > _LONGEST_SHORT:
            named[address].append(index)
    return {index: named[address][0] for index, address in nameless.items() if len(named[address]) == 1}

"""An IP prefix as a value, and the address units in which the whole package counts.

IPv4 addresses are plain 32-bit numbers. IPv6 counts in /48s (design: "IPv6 in /48s"), so its *unit* is the top 48 bits.
Begin with :class:`Prefix`. Not for hot loops, which keep prefixes as columns.
"""

import ipaddress
from dataclasses import dataclass
from typing import Literal

Family = Literal["ipv4", "ipv6"]
FAMILIES: tuple[Family, Family] = ("ipv4", "ipv6")
ADDRESS_BITS: dict[Family, int] = {"ipv4": 32, "ipv6": 128}
UNIT_BITS: dict[Family, int] = {"ipv4": 32, "ipv6": 48}


@dataclass(frozen=True, order=True, slots=True)
class Prefix:
    """A prefix: family, network address as a number of 32 or 128 bits, mask length in bits."""

    family: Family
    address: int
    length: int

    @classmethod
    def parse(cls, text: str) -> "Prefix":
        """Read ``175.45.176.0/24`` or ``2001:db8::/32``; host bits are cleared. Raises ValueError."""
        try:
            network = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            raise ValueError(f"{text!r} is not a prefix such as 175.45.176.0/24 or 2001:db8::/32") from None
        family: Family = "ipv4" if network.version == 4 else "ipv6"
        return cls(family, int(network.network_address), network.prefixlen)

    def __str__(self) -> str:
        kind = ipaddress.IPv4Address if self.family == "ipv4" else ipaddress.IPv6Address
        return f"{kind(self.address)}/{self.length}"

    def unit_range(self) -> tuple[int, int]:
        """First and last unit (address or /48) that the prefix touches, both included."""
        shift = ADDRESS_BITS[self.family] - UNIT_BITS[self.family]
        last = self.address | ((1 << (ADDRESS_BITS[self.family] - self.length)) - 1)
        return self.address >> shift, last >> shift

"""Addresses of machines, as a setting names them."""

from ipaddress import IPv6Address, ip_address, ip_network


class Addresses:
    """Addresses and networks, separated by commas: ``127.0.0.1, 10.1.0.0/16, ::1``.

    Raises:
        ValueError: one of them is none.

    >>> "10.1.2.3" in Addresses("127.0.0.1, 10.1.0.0/16"), "10.2.0.1" in Addresses("10.1.0.0/16")
    (True, False)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._networks = tuple(ip_network(part.strip()) for part in text.split(","))

    def __contains__(self, address: str) -> bool:
        """Tell whether an address is one of them; what is no address is none of them."""
        try:
            known = ip_address(address)
        except ValueError:
            return False
        # A listener for IPv6 sees callers of IPv4 as ::ffff:10.1.2.3.
        mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
        return any((mapped or known) in network for network in self._networks)

    def __repr__(self) -> str:
        """Return the text that they were read from."""
        return self._text

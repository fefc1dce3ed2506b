"""Where a request comes from, for the limit on new conversations. The address is not kept."""

from __future__ import annotations

import ipaddress

from aiohttp import web


def client_address(request: web.Request, trust_proxy: bool) -> str:
    """The client's address; an IPv6 client counts by its /64 network, which one household has to itself.

    Args:
        trust_proxy: the last entry of X-Forwarded-For was put there by our own proxy.
    """
    address = request.remote or ""
    if trust_proxy:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)

"""Which links a platform takes. Reading other JSON is reading.py."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Whether it is an http(s) address with a host and without white space."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and port_is_fine and not any(map(str.isspace, url))
    )

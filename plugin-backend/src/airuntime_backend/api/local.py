"""Whether a request comes from this machine, and not from a page of another site in a browser on it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import request


def is_loopback(address: str | None) -> bool:
    """Whether an IP address is of this machine itself."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback


def is_local() -> bool:
    """Whether a client on loopback asks for a loopback host: a foreign name that was rebound to loopback does not."""
    return is_loopback(request.remote_addr) and _is_loopback_name(request.host)


def is_of_another_site() -> bool:
    """Whether a browser says that a page of another origin asks."""
    origin = request.headers.get("Origin")
    if origin is not None and _host(origin) != request.host:
        return True
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}


def _is_loopback_name(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name == "localhost" or is_loopback(name)


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None

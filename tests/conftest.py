"""For all tests: no connection leaves this machine, and a slow machine fails no property test."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

from hypothesis import settings

settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple) or address[0] == "localhost":
        return True  # Unix sockets have a path instead of a host
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


def _refuse_remote(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and not _is_local(arguments[1]):
        raise RuntimeError("a test may connect to this machine only")


sys.addaudithook(_refuse_remote)

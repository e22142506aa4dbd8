"""Tests reach nothing but this machine."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_a_connection_to_anywhere_else_is_refused(connect: str) -> None:
    with socket.socket() as outward, pytest.raises(RuntimeError, match="stay on this machine"):
        getattr(outward, connect)(("192.0.2.1", 80))

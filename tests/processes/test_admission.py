"""An admission process by itself: how it ends when the ledger's process does not answer any more."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import asdict

import httpx2
import pytest

from api.server import bound
from api.settings import Settings


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_lost_channel_ends_it_without_a_traceback(is_asked: bool) -> None:
    """Operators took the CancelledError for the fault, which was the ledger's end."""
    (listener,) = bound("127.0.0.1", 0)
    ours, theirs = socket.socketpair()
    descriptors = (listener.fileno(), theirs.fileno())
    settings = json.dumps(asdict(Settings("https://ledger.example", sandbox=True)))
    words = [sys.executable, "-P", "-m", "api.processes.admission", *map(str, descriptors), settings]
    with subprocess.Popen(words, pass_fds=descriptors, stderr=subprocess.PIPE, text=True) as process:
        theirs.close()
        ours.settimeout(30)
        assert b"ready" in ours.recv(100)
        with httpx2.Client(trust_env=False) as http:
            if is_asked:
                address = "http://{}:{}".format(*listener.getsockname())
                assert http.post(f"{address}/v1/statements", content=b"no JSON").status_code >= 400
            ours.close()
            assert process.wait(30) == 0
        assert process.stderr is not None
        told = [json.loads(line)["event"] for line in process.stderr]
        assert told == ["refused"] * is_asked
    listener.close()

"""nginx with the example of PROXY.md as printed, before a served ledger; certificate and ports are ours."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.serving import Site, site

ROOT = Path(__file__).parents[2]
# One process: as root, a worker of its own would be nobody, who may not write in our folder.
_OURS = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{ access_log off;
{temporary}
{example}
}}
"""
_MAKE_CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.proxy)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy and what stands behind it."""

    site: Site
    port: int
    certificate: Path

    def ask(self, data: bytes) -> bytes:
        """Send bytes over TLS; return all that comes until the proxy closes or an answer is complete."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(data)
            found = b""
            while not _complete(found) and (chunk := connection.recv(65536)):
                found += chunk
            return found


def _complete(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: ([0-9]+)", head.lower())
    return length is not None and len(body) >= int(length[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configuration(folder: Path, port: int, behind: str) -> str:
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "api/PROXY.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    ours = {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "127.0.0.1:8080": behind,
        "/etc/ssl/ledger": f"{folder}/ledger",
    }
    example = found[1]
    for printed, put in ours.items():
        assert printed in example
        example = example.replace(printed, put)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return _OURS.format(folder=folder, temporary=temporary, example=example)


def _started(nginx: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"])
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    process.kill()
    pytest.fail("nginx did not start with the example of PROXY.md")


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy that is told nothing but the example."""
    nginx = os.environ.get("RX_NGINX") or shutil.which("nginx")
    if nginx is None:
        pytest.fail("What a proxy does is only known from one: install nginx or set RX_NGINX to its path")
    folder = tmp_path_factory.mktemp("proxy")
    key, certificate = folder / "ledger.key", folder / "ledger.pem"
    command = [*_MAKE_CERTIFICATE.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    with site(folder) as made:
        port = _free_port()
        behind = made.address.removeprefix("http://")
        (folder / "nginx.conf").write_text(_configuration(folder, port, behind))
        process = _started(nginx, folder, port)
        try:
            yield Proxy(made, port, certificate)
        finally:
            process.terminate()
            process.wait(10)

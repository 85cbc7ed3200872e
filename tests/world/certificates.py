"""Certificates for servers that live as long as a test, made with the `openssl` command."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
default_ca = own
[own]
dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = {names}
basicConstraints = critical,CA:TRUE
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate; `file` is also the authority a client has to trust."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context

    @classmethod
    def make(
        cls, folder: Path, *, names: str = "DNS:localhost,IP:127.0.0.1", expired: bool = False
    ) -> Certificate:
        """A certificate for `names` (as openssl writes subjectAltName), in force or long expired."""
        folder.mkdir(parents=True, exist_ok=True)
        config, request = folder / "openssl.cnf", folder / "request.pem"
        made = cls(folder / "cert.pem", folder / "key.pem")
        config.write_text(_CONFIG.format(folder=folder, names=names))
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("01\n")
        begin, end = (
            ("20200101000000Z", "20200201000000Z") if expired else ("20200101000000Z", "20991231000000Z")
        )
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", "/CN=test relay", "-config", config, "-keyout", made.key, "-out", request),
        )
        _openssl(
            *("ca", "-batch", "-selfsign", "-notext", "-config", config, "-keyfile", made.key),
            *("-in", request, "-out", made.file, "-startdate", begin, "-enddate", end),
        )
        return made


def _openssl(*arguments: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr}")

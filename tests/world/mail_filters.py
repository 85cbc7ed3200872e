"""Real milters beside Postfix that sign mail, or check it and write Authentication-Results."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.world.dns_server import DnsServer
from tests.world.framed import Framed
from tests.world.processes import free_ports, until_listening

DOMAIN = "acme.example"
SELECTOR = "desk"
PROGRAMS = {
    "opendkim": "usr/sbin/opendkim",
    "opendmarc": "usr/sbin/opendmarc",
    "rspamd": "usr/bin/rspamd",
}

SIGN = """
Syslog no
Mode s
Canonicalization relaxed/simple
RequireSafeKeys no
Domain {domain}
Selector {selector}
KeyFile {root}/key.pem
Socket inet:{port}@127.0.0.1
UMask 077
"""
VERIFY = """
Syslog no
Mode v
RequireSafeKeys no
AuthservID {authserv_id}
InternalHosts {root}/nobody
Nameservers {dns}
Socket inet:{port}@127.0.0.1
UMask 077
AlwaysAddARHeader yes
"""
DMARC = """
Syslog no
AuthservID {authserv_id}
TrustedAuthservIDs {authserv_id}
IgnoreHosts {root}/nobody
Socket inet:{port}@127.0.0.1
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
RejectFailures false
"""

RSPAMD = {
    "worker-proxy.inc": 'bind_socket = "127.0.0.1:{port}"; milter = yes; timeout = 30s;\n'
    'upstream "local" {{ default = yes; self_scan = yes; }} count = 1;\n',
    "worker-normal.inc": "enabled = false;\n",
    "worker-controller.inc": "enabled = false;\n",
    "worker-fuzzy.inc": "enabled = false;\n",
    "options.inc": 'local_addrs = ["192.0.2.1"]; dns {{ nameserver = ["{dns}"]; timeout = 2s; }}\n'
    'url_tld = "{root}/suffixes"; disable_hyperscan = true;\n',  # it would compile all suffixes of the world
    "logging.inc": 'type = "file"; filename = "{root}/rspamd.log"; level = "info";\n',
    "milter_headers.conf": 'use = ["authentication-results"]; skip_local = false;\n'
    "skip_authenticated = false;\n"
    "routines {{ authentication-results {{ remove = {remove}; }} }}\n",
    "dkim.conf": "check_local = true; check_authed = true;\n",
    "spf.conf": "check_local = true; check_authed = true;\n",
    "dmarc.conf": "check_local = true; check_authed = true;\n",
    "dkim_signing.conf": "enabled = false;\n",
    "arc.conf": "enabled = false;\n",
    "rbl.conf": "enabled = false;\n",
    "fuzzy_check.conf": "enabled = false;\n",
    "phishing.conf": "enabled = false;\n",
    "actions.conf": "reject = null; add_header = null; greylist = null;\n",
}


class MailFilter:
    """A running milter."""

    def __init__(self, place: Framed, words: Iterable[str], port: int) -> None:
        self.place = place
        self.port = port
        place.launch(list(words), farewell="KILL")
        try:
            until_listening(place, [port], "rspamd.log")
        except BaseException:
            place.remove()
            raise

    @property
    def milter(self) -> str:
        """How Postfix names it."""
        return f"inet:127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.place.remove()


class SigningKey:
    """A key pair of a company, and the DNS record that publishes it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "key.pem"
        words = ["openssl", "genrsa", "-traditional", "-out", str(self.file), "1024"]
        subprocess.run(words, check=True, capture_output=True)
        words = ["openssl", "rsa", "-in", str(self.file), "-pubout"]
        public = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        self.record = "".join(line for line in public.splitlines() if not line.startswith("-"))

    @property
    def records(self) -> Mapping[str, str]:
        """What DNS says of the company."""
        return {
            f"{SELECTOR}._domainkey.{DOMAIN}": f"v=DKIM1; k=rsa; p={self.record}",
            f"_dmarc.{DOMAIN}": "v=DMARC1; p=reject",
            DOMAIN: "v=spf1 -all",
        }


def signer(key: SigningKey) -> MailFilter:
    """OpenDKIM that signs as the company."""
    place, port = Framed.make("opendkim"), free_ports(1)[0]
    place.write("key.pem", key.file.read_text())
    values = {"root": place.root, "port": port, "domain": DOMAIN, "selector": SELECTOR}
    place.write("filter.conf", SIGN.format(**values))
    return MailFilter(place, ["opendkim", "-f", "-x", f"{place.root}/filter.conf"], port)


def dkim_checker(dns: DnsServer, authserv_id: str) -> MailFilter:
    """OpenDKIM that checks signatures and writes what it found."""
    return _checker("opendkim", ["-x"], VERIFY, dns, authserv_id)


def dmarc_checker(dns: DnsServer, authserv_id: str) -> MailFilter:
    """OpenDMARC, which reads what OpenDKIM found and writes what follows."""
    return _checker("opendmarc", ["-c"], DMARC, dns, authserv_id)


def _checker(program: str, option: list[str], config: str, dns: DnsServer, authserv_id: str) -> MailFilter:
    place, port = Framed.make(program), free_ports(1)[0]
    place.write("nobody", "192.0.2.1\n")
    place.write("etc/resolv.conf", dns.resolv_conf).chmod(0o644)
    place.write(
        "filter.conf", config.format(root=place.root, port=port, dns=dns.address, authserv_id=authserv_id)
    )
    return MailFilter(place, [program, "-f", *option, f"{place.root}/filter.conf"], port)


def rspamd(dns: DnsServer, *, remove: int = 1) -> MailFilter:
    """Rspamd that checks everything and writes one field; `remove` says which such fields it takes out."""
    place, port = Framed.make("rspamd"), free_ports(1)[0]
    place.folder("etc/rspamd/local.d")
    for name in ("data", "run"):
        place.folder(name)
    values = {"root": place.root, "port": port, "dns": dns.address, "remove": remove}
    for name, text in RSPAMD.items():
        place.write(f"etc/rspamd/local.d/{name}", text.format(**values))
    place.write("suffixes", "com\nexample\n")
    place.write("etc/resolv.conf", dns.resolv_conf).chmod(0o644)
    folders = [
        f"--var={name}={place.root}/{folder}" for name, folder in (("DBDIR", "data"), ("RUNDIR", "run"))
    ]
    words = ["rspamd", "-f", "-u", place.user, "-g", place.group, "-c", "/etc/rspamd/rspamd.conf"]
    return MailFilter(place, [*words, *folders], port)

"""A real Postfix as a throw-away process: it brings mail to the desk, and takes out what the desk sends."""

from __future__ import annotations

import os
import smtplib
from typing import ClassVar, Self

from tests.world.framed import Framed
from tests.world.processes import free_ports, until_listening

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/maillog
maillog_file_prefixes = /tmp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = {host}
mydestination =
relay_domains = acme.example
recipient_delimiter = +
transport_maps = inline:{{ {{ support@acme.example = {delivery} }} }}
virtual_mailbox_base = {maildirs}
virtual_mailbox_maps = inline:{{ {{ support@acme.example = support/Maildir/ }} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = {host}
relayhost = [127.0.0.1]:{sink}
disable_dns_lookups = yes
smtp_host_lookup = native
alias_maps =
alias_database =
milter_default_action = tempfail
milter_protocol = 6
smtpd_peername_lookup = no
"""

# The second smtpd is that of the agents' own company: it signs and hands over to the first.
MASTER = """
127.0.0.1:{mx} inet n - n - - smtpd
  -o smtpd_milters={checking}
  -o local_header_rewrite_clients=
127.0.0.1:{out} inet n - n - - smtpd
  -o myhostname=out.acme.example
  -o smtpd_milters={signing}
  -o content_filter=smtp:[127.0.0.1]:{mx}
127.0.0.1:{submission} inet n - n - - smtpd
  -o mynetworks=192.0.2.1
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
  -o myhostname=out.acme.example
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

OWNER = (65530, 65530)
PASSWD = """
root:x:0:0::/root:/bin/sh
nobody:x:65534:65534::/nonexistent:/bin/sh
postfix:x:65530:65530::/nonexistent:/bin/false
"""
LOOKUPS = "passwd: files\ngroup: files\nhosts: files\n"
GROUP = """
root:x:0:
nogroup:x:65534:
postfix:x:65530:
postdrop:x:65531:
"""


LOGINS = """
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {root}/sasldb
mech_list: PLAIN LOGIN
"""
USER, PASSWORD = "support", "secret"
"""Who may send by its submission port."""

MAILDIRS = "virtual:"
"""The delivery into Maildirs, without a server that adds a line of its own."""


class Postfix:
    """A running Postfix. `mx_port` takes mail from anybody, `out_port` from agents, whose mail it signs, and
    `submission_port` from whoever logs in.
    """

    host = "127.0.0.1"
    programs: ClassVar = {"postfix": "usr/sbin/postfix", "sasl2-bin": "usr/sbin/saslpasswd2"}

    def __init__(self, place: Framed) -> None:
        self.mx_port, self.out_port, self.submission_port = free_ports(3)
        self.place = place

    @classmethod
    def make(cls) -> Self:
        """One that does not run yet; its ports are known."""
        return cls(Framed.make("postfix", as_root=True))

    def begin(
        self,
        *,
        delivery: str,
        sink: int,
        checking: str = "",
        signing: str = "",
        maildirs: str = "/nonexistent",
        host: str = "mx.acme.example",
    ) -> None:
        """Run it. `delivery` is where the desk's mail goes, `sink` the port that takes everybody else's."""
        place = self.place
        for name in ("etc/postfix/sasl", "spool", "data"):
            place.folder(name)
        place.root.chmod(0o711)  # its processes give root up, and come back to their queue
        os.chown(place.root / "data", *OWNER)
        main = {"root": place.root, "host": host, "delivery": delivery, "sink": sink, "maildirs": maildirs}
        ports = {"mx": self.mx_port, "out": self.out_port, "submission": self.submission_port}
        self._write("main.cf", MAIN.format(**main))
        self._write("master.cf", MASTER.format(**ports, checking=checking, signing=signing))
        self._write("sasl/smtpd.conf", LOGINS.format(root=place.root))
        words = ["saslpasswd2", "-p", "-c", "-u", host, "-f", f"{place.root}/sasldb", USER]
        place.must(words, given=PASSWORD)
        os.chown(place.root / "sasldb", *OWNER)
        for name, text in {"passwd": PASSWD, "group": GROUP, "nsswitch.conf": LOOKUPS}.items():
            place.write(f"etc/{name}", text.lstrip()).chmod(0o644)
        place.launch(["postfix", "start-fg"], farewell="KILL")
        until_listening(place, list(ports.values()), "maillog")

    def _write(self, name: str, text: str) -> None:
        self.place.write(f"etc/postfix/{name}", text).chmod(0o644)

    def stop(self) -> None:
        self.place.remove()

    def takes(self, raw: bytes, sender: str, recipient: str, *, signed: bool = False) -> None:
        """Hand a mail over: from outside, or as an agent of the company, whose mail is signed."""
        with smtplib.SMTP(self.host, self.out_port if signed else self.mx_port, timeout=60) as smtp:
            smtp.sendmail(sender, [recipient], raw)

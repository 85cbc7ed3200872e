"""A real Cyrus IMAP server as a throw-away process: MOVE, IDLE, quota, and either of its namespaces."""

from __future__ import annotations

from typing import ClassVar

from tests.world.framed import Framed
from tests.world.framed_imap import FramedImap
from tests.world.imap_client import Imap, quoted
from tests.world.processes import free_ports

CONFIG = """
configdirectory: {root}/lib
partition-default: {root}/spool
defaultpartition: default
cyrus_user: {user}
cyrus_group: {group}
admins: cyrus
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {root}/sasldb
sasl_mech_list: PLAIN
allowplaintext: yes
servername: localhost
altnamespace: {alternative}
unixhierarchysep: {alternative}
virtdomains: off
delete_mode: immediate
expunge_mode: immediate
"""

SERVICES = """
START {{
  recover cmd="ctl_cyrusdb -r"
}}
SERVICES {{
  imap cmd="imapd" listen="127.0.0.1:{imap}" maxchild=60
  lmtp cmd="lmtpd -a" listen="127.0.0.1:{lmtp}" prefork=0
}}
EVENTS {{
}}
DAEMON {{
  idled cmd="idled"
}}
"""

ADMIN = "cyrus"


class Cyrus(FramedImap):
    """Cyrus as Debian configures it: folders below `INBOX.`, dots between them."""

    name = "cyrus"
    programs: ClassVar = {"cyrus-imapd": "usr/lib/cyrus/bin/imapd", "sasl2-bin": "usr/sbin/saslpasswd2"}
    alternative = False

    def __init__(self, place: Framed) -> None:
        super().__init__(place)
        self.lmtp_port = free_ports(1)[0]

    def configure(self) -> None:
        place = self.place
        choice = "yes" if self.alternative else "no"
        who = {"root": place.root, "user": place.user, "group": place.group}
        place.write("etc/imapd.conf", CONFIG.format(**who, alternative=choice))
        place.write("etc/cyrus.conf", SERVICES.format(imap=self.imap_port, lmtp=self.lmtp_port))
        for name in ("spool", *(f"lib/{each}" for each in ("db", "log", "msg", "proc", "quota", "socket"))):
            place.folder(name)
        for user, password in {**self.users, ADMIN: "secret"}.items():
            words = ["saslpasswd2", "-p", "-c", "-u", "localhost", "-f", f"{place.root}/sasldb", user]
            place.must(words, given=password)

    def words(self) -> list[str]:
        root = self.place.root
        master = ["/usr/lib/cyrus/bin/master", "-D", "-p", f"{root}/run/master.pid"]
        return ["env", f"CYRUS_USER={self.place.user}", *master]

    async def limit(self, user: str, kilobytes: int) -> bool:
        with self._admin() as imap:
            imap.must("SETQUOTA", quoted(self._box(user)), f"(STORAGE {kilobytes})")
        return True

    def empty(self) -> None:
        with self._admin() as imap:
            for user in self.users:
                for name in reversed(imap.names("LIST", f"{self._box(user)}*")):
                    imap.must("SETACL", quoted(name), ADMIN, "lrswipkxtecda")
                    imap.must("DELETE", quoted(name))
                imap.must("CREATE", quoted(self._box(user)))

    def _box(self, user: str) -> str:
        """The name that an administrator has for somebody's INBOX."""
        return f"user{'/' if self.alternative else '.'}{user}"

    def _admin(self) -> Imap:
        imap = Imap(self.host, self.imap_port, timeout=120)
        imap.sign_in(ADMIN, "secret")
        return imap


class CyrusAlternative(Cyrus):
    """Cyrus with folders beside the INBOX and slashes between them, as its newer installations are."""

    name = "cyrus-alternative"
    alternative = True

"""A real Dovecot 2.3 as a throw-away process: one folder, three free loopback ports, gone with the test run.

A server that a test gave back in order is handed, empty, to the next test that asks for one like it. As root
everything runs as `nobody`, because Dovecot refuses to log anyone in as uid 0; otherwise it runs as whoever
runs the tests. Nothing on the machine is read or changed.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import os
import select
import shutil
import smtplib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tests.world.imap_client import Imap, quoted
from tests.world.imap_server import ImapServer
from tests.world.processes import Throwaway, free_ports, until_listening

T = TypeVar("T")

# Dovecot 2.3 can only add to its capabilities or replace them all, so to hide one we name the others.
CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
    "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS "
    "LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH "
    "LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY"
)

CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
# A refused login would otherwise slow down every later one from 127.0.0.1.
auth_failure_delay = 0
mail_max_userip_connections = 200
# No mail of these tests has to outlive the machine.
mail_fsync = never
mail_location = maildir:{root}/mail/%u
{settings}
passdb {{
  driver = passwd-file
  args = username_format=%u {root}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/mail/%u allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  # One process lets everybody in: one for each connection costs more than all that is then said on it.
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  # Whoever left is followed by the next in the same process; its title says whether somebody is there.
  service_count = 0
}}
verbose_proctitle = yes
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""


QUOTA = """
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage={kilobytes}k
}}
"""

IDLE: dict[object, list[tuple[Throwaway, tuple[int, int, int]]]] = {}
"""Servers in order that nobody uses, with their ports, by what was chosen for them."""


class Dovecot(ImapServer):
    """A running Dovecot."""

    def __init__(
        self,
        process: Throwaway,
        ports: tuple[int, int, int],
        users: Mapping[str, str],
        like: object,
        configured: Mapping[str, str],
    ) -> None:
        self.imap_port, self.imaps_port, self.lmtp_port = self._ports = ports
        self.users = dict(users)
        self.ca_file = process.root / "cert.pem"
        self.log_file = process.root / "dovecot.log"
        self._process = process
        self._like = like
        self._in_order = True
        self._configured = dict(configured)
        self._hands_in: dict[str, Imap] = {}
        self._uidvalidity = 1_900_000_000  # above any second of today, so that each reset is a new value

    @property
    def folder_on_disk(self) -> Path:
        """Whoever asks may do anything to what lies there."""
        self._in_order = False
        return self._process.root

    @classmethod
    async def start(
        cls,
        *,
        separator: str = "/",
        prefix: str = "",
        users: Mapping[str, str] | None = None,
        move: bool = True,
        idle: bool = True,
        without: Collection[str] = (),
        host_names: Iterable[str] = ("localhost", "127.0.0.1"),
        settings: str = "",
        make: Callable[[str], Throwaway] = Throwaway.make,
    ) -> Dovecot:
        """A server that answers. `without` hides capabilities; `settings` are more lines for dovecot.conf.

        `make`: where it runs, if not as what is installed here.
        """
        users = dict(users or {"support": "secret"})
        hidden = {*without, *(() if move else ("MOVE",)), *(() if idle else ("IDLE",))}
        if hidden:
            settings += f"\nimap_capability = {' '.join(c for c in CAPABILITIES.split() if c not in hidden)}"
        configured = {"separator": separator, "prefix": prefix, "settings": settings}
        like = (separator, prefix, *users.items(), *host_names, settings)
        if IDLE.get(like):
            return cls(*IDLE[like].pop(), users, like, configured)
        process = make("dovecot")
        try:
            _certificate(process, host_names)
            _users(process, users)
            dovecot = cls(process, _three(free_ports(3)), users, like, configured)
            dovecot._configure(**configured)
            await dovecot._launch()
        except BaseException:
            process.remove()
            raise
        return dovecot

    def _configure(self, **choices: str) -> None:
        place = self._process
        ports = {"imap": self.imap_port, "imaps": self.imaps_port, "lmtp": self.lmtp_port}
        text = CONFIG.format(root=place.root, user=place.user, group=place.group, **ports, **choices)
        place.write("dovecot.conf", text)

    async def stop(self) -> None:
        """Done with it: its mails go, and it waits for the next test, unless something was done to it."""
        self._hang_up()
        if self._in_order and await asyncio.to_thread(_emptied, self._process):
            IDLE.setdefault(self._like, []).append((self._process, self._ports))
        elif self._like:
            self._process.remove()
        self._like, self._in_order = None, False

    @staticmethod
    def end_all() -> None:
        """Kill every process of the servers that wait and remove their folders; none is worth a farewell."""
        for process, _ in (each for like in IDLE.values() for each in like):
            process.remove()
        IDLE.clear()

    async def crash(self) -> None:
        """Kill every process of the server; its mails stay, and its ports refuse until `restart`."""
        self._in_order = False
        self._hang_up()
        self._process.end()

    async def restart(self) -> None:
        """Start again on the same ports with the same mails; return once it answers."""
        await self.crash()
        await self._launch()

    async def _launch(self) -> None:
        words = ["dovecot", "-F", "-c", f"{self._process.root}/dovecot.conf"]
        self._process.launch(words, farewell="KILL")
        await asyncio.to_thread(until_listening, self._process, self._ports, "dovecot.log")

    def processes(self) -> list[int]:
        """The process ids of everything that runs, the first one's first."""
        self._in_order = False
        return self._process.processes()

    def pause(self) -> None:
        """Every process stands still: connections stay up and silent, new ones wait in the backlog."""
        self._in_order = False
        self._process.pause()

    def resume(self) -> None:
        self._process.resume()

    async def lay(self, user: str, mails: Iterable[bytes], date: datetime) -> None:
        """Put thousands of mails into the INBOX by writing its files, as a server's import does.

        APPEND takes some milliseconds for each. A Maildir file's time is the mail's INTERNALDATE.
        """
        inbox = self._process.root / "mail" / user

        def work() -> None:
            for folder in (inbox.parent, inbox, *(inbox / name for name in ("cur", "new", "tmp"))):
                folder.mkdir(exist_ok=True)
                self._process.own(folder)
            at = date.timestamp()
            for number, raw in enumerate(mails):
                file = inbox / "cur" / f"{at:.0f}.M{number:06}.laid:2,"
                file.write_bytes(raw)
                os.utime(file, (at, at))
                self._process.own(file)

        await asyncio.to_thread(work)

    async def move(self, user: str, uid: int, target: str, folder: str = "INBOX") -> None:
        """Somebody moves a mail into another folder."""

        def work(imap: Imap) -> None:
            imap.select(quoted(folder))
            imap.uid("MOVE", str(uid), quoted(target))

        await self.with_imap(user, work)

    async def deliver(self, user: str, raw: bytes, sender: str = "") -> None:
        """Hand one mail over by LMTP, as a relay does; it gains Return-Path, Delivered-To and Received."""

        def work() -> None:
            with smtplib.LMTP(self.host, self.lmtp_port, local_hostname="mx.example.com") as lmtp:
                lmtp.sendmail(sender, [user], raw)

        await asyncio.to_thread(work)

    async def reset_uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """Forget all UIDs of a folder, as a server restored from a backup does; the new UIDVALIDITY.

        UIDs start at 1 again, so an old UID may now name another mail. Open connections are ended.
        """
        path = (await self._doveadm("mailbox", "path", "-u", user, folder)).strip()
        await self.kick(user)
        _forget_uids(Path(path))
        self._uidvalidity += 1
        await self._doveadm("mailbox", "update", "-u", user, "--uid-validity", str(self._uidvalidity), folder)
        return self._uidvalidity

    async def restored(self, user: str) -> None:
        await self.reset_uidvalidity(user)

    async def limit(self, user: str, kilobytes: int) -> bool:
        self._in_order = False
        settings = self._configured["settings"] + QUOTA.format(kilobytes=kilobytes)
        self._configure(**self._configured | {"settings": settings})
        await self.restart()
        return True

    async def handing_in(self, user: str, work: Callable[[Imap], T]) -> T:
        """As ever, on the connection on which the user's last mail was put, while it stands."""

        def call() -> T:
            imap = self._hands_in.pop(user, None)
            if imap and select.select([imap.sock], [], [], 0)[0]:  # it is a farewell
                imap.shutdown()
                imap = None
            if imap is None:
                imap = Imap(self.host, self.imap_port, timeout=120)
                self.sign_in(imap, user)
            done = work(imap)
            if self._hands_in.setdefault(user, imap) is not imap:
                imap.shutdown()
            return done

        return await asyncio.to_thread(call)

    def _hang_up(self) -> None:
        """End the connections on which mails were put."""
        while self._hands_in:
            self._hands_in.popitem()[1].shutdown()

    async def kick(self, user: str) -> None:
        """End the user's open connections from the server's side."""
        self._hang_up()  # ours ends now: the server says its farewell a moment later
        await self._doveadm("kick", user, allowed=(0, 68))  # 68: nobody was connected

    async def _doveadm(self, *words: str, allowed: Collection[int] = (0,)) -> str:
        command = ["doveadm", "-c", str(self._process.root / "dovecot.conf"), *words]
        done = await asyncio.to_thread(self._process.run, command)
        if done.returncode not in allowed:
            raise RuntimeError(f"doveadm {' '.join(words)}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout


def _emptied(process: Throwaway) -> bool:
    """Whether everybody has left, so that all mail could be taken away."""
    if process.running is None or process.running.poll() is not None or not process.soon_idle("imap"):
        return False
    shutil.rmtree(process.root / "mail", ignore_errors=True)
    (process.root / "dovecot.log").write_bytes(b"")  # its writer appends
    return True


def _three(ports: list[int]) -> tuple[int, int, int]:
    first, second, third = ports
    return first, second, third


def _forget_uids(maildir: Path) -> None:
    for file in maildir.glob("dovecot*"):
        if file.name.startswith(("dovecot-uidlist", "dovecot.index")):
            file.unlink(missing_ok=True)


def _users(process: Throwaway, users: Mapping[str, str]) -> None:
    """A password file that carries any password, colons and all."""
    encoded = {name: base64.b64encode(word.encode()).decode() for name, word in users.items()}
    process.write("users", "".join(f"{name}:{{PLAIN.B64}}{word}\n" for name, word in encoded.items()))


def _certificate(process: Throwaway, host_names: Iterable[str]) -> None:
    """A fresh self-signed certificate for these names; cert.pem is its own authority."""
    names = ",".join(f"{'IP' if _is_ip(name) else 'DNS'}:{name}" for name in host_names)
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
    words += f" -subj /CN=localhost -addext subjectAltName={names} -keyout key.pem -out cert.pem"
    process.must(words.split())


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

"""A real Courier IMAP server as a throw-away process: folders below `INBOX.`, no MOVE, a slow IDLE."""

from __future__ import annotations

import subprocess
from typing import ClassVar

from tests.world.framed_imap import MaildirImap, owner_ids

AUTHENTICATION = """
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=2
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
"""

# What Debian's /etc/courier/imapd says, where it matters to a client.
START = """
set -eu
makeuserdb
/usr/lib/courier/courier-authlib/authdaemond </dev/null &
until [ -S /run/courier/authdaemon/socket ]; do sleep 0.02; done
set -a
PORT={port}
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
IMAP_KEYWORDS=1
IMAP_ACL=1
IMAP_PROXY=0
IMAP_IDLE_TIMEOUT=60
IMAP_USELOCKS=1
IMAP_ENHANCEDIDLE=0
IMAP_STARTTLS=NO
IMAP_EMPTYTRASH=
IMAP_UMASK=022
MAILDIRPATH=Maildir
exec couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup {port} \\
    /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
"""


class Courier(MaildirImap):
    """Courier with its users in a userdb."""

    name = "courier"
    programs: ClassVar = {
        "courier-imap": "usr/lib/courier/courier/imaplogin",
        "courier-authlib-userdb": "usr/sbin/makeuserdb",
    }

    def configure(self) -> None:
        place = self.place
        place.folder("own/courier")
        place.folder("run/courier/authdaemon")
        place.write("own/courier/authdaemonrc", AUTHENTICATION)
        place.write("own/courier/userdb", "".join(map(self._entry, self.users)))
        place.write("start.sh", START.format(port=self.imap_port))

    def words(self) -> list[str]:
        (self.place.root / "run/courier/authdaemon/socket").unlink(missing_ok=True)
        return ["sh", f"{self.place.root}/start.sh"]

    async def limit(self, user: str, kilobytes: int) -> bool:
        self.place.write(f"mail/{user}/Maildir/maildirsize", f"{kilobytes * 1024}S\n")
        return True

    def _entry(self, user: str) -> str:
        box = self.maildir(user)
        uid, gid = owner_ids(self.place)
        fields = {
            "uid": uid,
            "gid": gid,
            "home": box.parent,
            "mail": box,
            "imappw": crypted(self.users[user]),
            "options": "disableshared=1",
        }
        return f"{user}\t{'|'.join(f'{name}={value}' for name, value in fields.items())}\n"


def crypted(password: str) -> str:
    """A password as crypt(3) keeps it."""
    words = ["openssl", "passwd", "-6", "-stdin"]
    return subprocess.run(words, input=password, capture_output=True, text=True, check=True).stdout.strip()

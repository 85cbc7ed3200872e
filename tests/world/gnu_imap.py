"""A real imap4d of GNU Mailutils as a throw-away process: IMAP4rev1 with hardly more, on Maildirs."""

from __future__ import annotations

from typing import ClassVar

from tests.world.courier import crypted
from tests.world.framed_imap import MaildirImap, owner_ids
from tests.world.imap_client import Imap

CONFIG = """
mode daemon;
foreground yes;
max-children 40;
pidfile "/run/imap4d.pid";
login-disabled no;
timeout 1800;
server 127.0.0.1:{port} {{
  transcript no;
}};
namespace personal {{
  prefix "" {{
    directory "~";
    delimiter "/";
    mailbox-type maildir;
  }};
}};
mailbox {{
  mailbox-pattern "maildir:{root}/mail/${{user}}/Maildir";
  mailbox-type maildir;
}};
auth {{
  authentication "generic:system";
  authorization "system";
}};
logging {{
  syslog no;
}};
"""


class GnuImap(MaildirImap):
    """imap4d with its users in a passwd file of its own, since it asks the system for them."""

    name = "imap4d"
    programs: ClassVar = {"mailutils-imap4d": "usr/sbin/imap4d"}

    def configure(self) -> None:
        place = self.place
        uid, gid = owner_ids(place)
        lines = [f"{place.user}:x:{uid}:{gid}::/nonexistent:/bin/sh"]
        for user, password in self.users.items():
            home = place.folder(f"home/{user}")
            lines.append(f"{user}:{crypted(password)}:{uid}:{gid}::{home}:/bin/sh")
        place.write("etc/passwd", "\n".join(("root:x:0:0::/root:/bin/sh", *lines, "")))
        place.write("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n")
        for name in ("passwd", "nsswitch.conf"):
            (place.root / "etc" / name).chmod(0o644)
        place.write("imap4d.conf", CONFIG.format(root=place.root, port=self.imap_port))

    def words(self) -> list[str]:
        return ["imap4d", "--no-site-config", f"--config-file={self.place.root}/imap4d.conf"]

    def sign_in(self, imap: Imap, user: str) -> None:
        """LOGIN: after AUTHENTICATE its lines end with LF alone."""
        imap.login(user, self.users[user])

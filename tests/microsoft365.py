"""The README's five minutes at Microsoft 365, played by real commands against a server that speaks its words.

`python -m tests.microsoft365` writes what they said into docs/microsoft365.md.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.test_readme import REQUEST, Shell
from tests.world.dovecot import Dovecot
from tests.world.forking import maildesk
from tests.world.mail_provider import MICROSOFT, MailProvider
from tests.world.token_endpoint import TokenEndpoint

PAGE = Path(__file__).parent.parent / "docs" / "microsoft365.md"
BEGIN, END = "<!-- played by tests/microsoft365.py -->\n```\n", "```\n<!-- the end of what was played -->"
ADDRESS = "support@acme.example"
TENANT, APP = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"
SECRET = "the-Value-of-the-secret"
_REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


class ForkedShell(Shell):
    """What is said is the same; that each of these commands starts from nothing, the README's test shows."""

    async def starts(self, words: list[str]) -> asyncio.subprocess.Process:
        return await maildesk(words, self.folder, {})


@dataclass(eq=False)
class Played:
    """What is typed and what is said, as they will stand on the page."""

    shell: Shell
    lines: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """What is another at Microsoft, and on every run: how it stands on the page."""

    async def types(self, words: str, *, stdin: str = "", code: int = 0, only: str = "") -> str:
        """A command, and the lines of its answer (or those `only` that fit)."""
        said = await self.shell.maildesk(words, stdin=stdin, code=code)
        before = f'echo "{stdin.strip()}" | ' if stdin else ""
        self.lines.append(f"$ {before}maildesk {words}" + (f" | grep -E '{only}'" if only else ""))
        self.lines += [line for line in said.splitlines() if re.search(only, line)]
        return said

    def note(self, words: str) -> None:
        self.lines += ["", f"# {words}"]

    def text(self) -> str:
        said = "\n".join(self.lines) + "\n"
        for name, shown in self.names.items():
            said = said.replace(name, shown)
        said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-12-01 09:30", said)
        said = re.sub(r"renewed \d+ min ago", "renewed 0 min ago", said)
        said = re.sub(r"valid \d+ min", "valid 59 min", said)
        return re.sub(r" +$", "", said, flags=re.MULTILINE)


async def played(folder: Path) -> str:
    """Play it in a folder; what is to stand on the page."""
    dovecot = await Dovecot.start()
    with TokenEndpoint.start() as sso:
        sso.register(APP, SECRET)
        async with await MailProvider.start(MICROSOFT, sso, dovecot, [ADDRESS]) as m365:
            try:
                return await _story(folder, dovecot, sso, m365)
            finally:
                await dovecot.stop()


async def _story(folder: Path, dovecot: Dovecot, sso: TokenEndpoint, m365: MailProvider) -> str:
    seen = Played(ForkedShell(folder))
    await seen.types("init desk", only="Written")
    seen.shell.folder = folder / "desk"
    fill_in(seen.shell.folder, sso, m365)
    alarms = "operators_relay: {}"
    seen.names = {
        alarms.format(f"127.0.0.1:{m365.relay.port} (none)"): alarms.format(
            "mail.acme.example:587 (starttls)"
        ),
        f"127.0.0.1:{m365.imap.port} (none)": "outlook.office365.com:993 (tls)",
        f"127.0.0.1:{m365.relay.port} (none)": "smtp.office365.com:587 (starttls)",
        f"127.0.0.1:{m365.relay.port}": "smtp.office365.com:587",
    }
    seen.note(
        "config.yaml and credentials/m365.secret are filled in as steps 7 and 2 say; step 6 was forgotten"
    )
    m365.relay.switched_off = True
    await seen.types("check", code=1, only="^.{5}(login|mailbox|smtp|operators_relay)")
    seen.note("step 6 is done")
    m365.relay.switched_off = False
    await seen.types("check", only="^.{5}smtp")
    seen.note("the daemon starts, here for one round; then a customer writes")
    await seen.types("run --once")
    await dovecot.append("support", REQUEST)
    await seen.types("run --once")
    await seen.types("case list")
    (ack,) = m365.relay.letters_to("bo@client.example")
    found = _REFERENCE.search(str(ack["Subject"]))
    assert found, ack["Subject"]
    ref, short = found[0], found[0][:4]
    seen.names |= {ref: "7K2Q-9F3M", short: "7K2Q"}
    await seen.types(f"case reply {short} -", stdin="Have you tried the other cable?\n")
    await seen.types(f"case close {short}")
    await seen.types("run --once")
    assert [user for _, user in m365.imap.logins] == [ADDRESS] * len(m365.imap.logins)
    return seen.text()


def fill_in(folder: Path, sso: TokenEndpoint, m365: MailProvider) -> None:
    """What steps 7 and 2 say, with the servers that stand in for Microsoft's."""
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text())
    server = {"host": "127.0.0.1", "security": "none", "username": ADDRESS, "login": "m365"}
    login = {"provider": "microsoft", "flow": "app", "tenant": TENANT, "client_id": APP, "issuer": sso.issuer}
    config["logins"] = {"m365": {**login, "client_secret": {"credential": "m365.secret"}}}
    config["mailboxes"][0]["imap"] = {**server, "port": m365.imap.port}
    config["smtp"] = {**server, "port": m365.relay.port, "connections": 3}
    config["operators_relay"] = {"host": "127.0.0.1", "port": m365.relay.port, "security": "none"}
    config["limits"] = {"free_space": "1MiB"}
    config["trust"] = {"microsoft365": True, "hops": 4}
    del config["accounts"]
    path.write_text(yaml.safe_dump(config))
    secret = folder / "credentials/m365.secret"
    secret.parent.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(f"{SECRET}\n")


def on_the_page() -> str:
    """What stands on the page now."""
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0]


def write(said: str) -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{said}{END}{rest.partition(END)[2]}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(asyncio.run(played(Path(folder))))
    Dovecot.end_all()


if __name__ == "__main__":
    main()

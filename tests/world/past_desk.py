"""A desk with a past, made in moments: its real store, filing and timekeeping; no server and no child."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select

from maildesk.casework.acting import Act, act
from maildesk.casework.batch_filing import BatchFiling
from maildesk.casework.deadlines import come_due
from maildesk.casework.read_mail import ReadMail, believe, point
from maildesk.config.loading import load
from maildesk.config.packaged import packaged
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_needs import needs_of
from maildesk.config.yaml_file import read_yaml
from maildesk.daemon.parts import office_of
from maildesk.daemon.reader_child import answer
from maildesk.daemon.reader_frames import Files, Setup
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.screening.heard import HeardMail, UnreadMail, WordsWanted
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.simulating.own_cases import LeftOut
from maildesk.store import ledger
from maildesk.store.database import Connection, Database
from maildesk.store.deadlines import due_deadlines
from maildesk.store.mailboxes import start_mailbox
from maildesk.store.schema import deadlines, mails
from maildesk.store.schema import ledger as ledger_table
from tests.world.replays import differences
from tests.world.tables import lay_tables

ANA = "ana@acme.example"
LEA = "lea0@acme.example"
BO = "bo@client.example"
SUPPORT = "support@acme.example"

_CONFIG = """\
desk: {name: Acme Support, address: support@acme.example, tag: Acme, secret: {file: secret.key}}
store: {url: "sqlite:///desk.db"}
mailboxes:
  - {name: support, address: support@acme.example, subaddress: "+", source: pipe}
  - {name: escalations, address: escalations@acme.example, subaddress: "+", source: pipe}
smtp: {host: 127.0.0.1, port: 1, security: none}
people:
  agents: [{name: Ana Souza, address: ana@acme.example, teams: [support]}]
  teams: TEAMS
  leadership: LEADERS
policy: policy.yaml
testing: true
"""
_BOXES = {"support": "b" * 64, "escalations": "e" * 64}


class PastDesk:
    """A desk whose clock goes on with what happens; times of the desk are those of Lisbon in winter: UTC."""

    def __init__(self, folder: Path, policy: str = "default", **changed: Any) -> None:
        self.folder = folder
        key = folder / "secret.key"
        key.touch(mode=0o600)
        key.write_text(KeyRing.generate(bytes(range(32))).render())
        ours = read_yaml(packaged("policies") / f"{policy}.yaml").data | changed
        (folder / "policy.yaml").write_text(yaml.safe_dump(ours, sort_keys=False))
        (folder / "config.yaml").write_text(_config(folder / "policy.yaml"))
        self.settings = load(folder / "config.yaml")
        self.office = office_of(self.settings, {})
        self.store = Database.open(lay_tables(folder / "desk.db"), patience=20)
        self.now = datetime(2025, 11, 3, tzinfo=UTC)
        self.numbers = 0
        for name, identity in _BOXES.items():
            self.store.write_now(partial(start_mailbox, identity=identity, name=name, now=self.now))
        policy_ = self.office.desk.policy
        people = self.office.desk.people
        forms = tuple(policy_.forms.values())
        words = (policy_.escalation, policy_.reopening.thanks, forms)
        listening = WordsWanted(policy_.vocabulary, people, *words)
        self.setup = Setup(Trust(), ReadingLimits(), 20, people.own, listening)

    def close(self) -> None:
        self.store.close_now()

    def until(self, moment: datetime) -> None:
        """The time becomes this one; what comes due happens at its moment."""
        while (due := self.store.read_now(_next_due)) and due <= moment:
            self.now = max(due, self.now)
            self.store.write_now(self._come_due)
        self.now = max(self.now, moment)

    def _come_due(self, conn: Connection) -> None:
        come_due(self.office, conn, due_deadlines(conn, self.now, 100), self.now, self.now)

    def mail(
        self,
        text: str,
        *,
        at: datetime,
        subject: str = "Printer",
        sender: str = BO,
        answers: str = "",
        to: str = SUPPORT,
        headers: Mapping[str, str] | None = None,
        html: str = "",
    ) -> str:
        """A mail comes and is filed; the reference of its case."""
        self.until(at)
        self.numbers += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{self.numbers}@{sender.rpartition('@')[2]}>"
        if answers:
            mail["In-Reply-To"] = f"<{answers}>"
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        self.delivers(mail.as_bytes(), to.partition("@")[0])
        return self.store.read_now(_newest_ref)

    def delivers(self, raw: bytes, box: str) -> None:
        """A mail comes into a mailbox, now, and is filed."""
        self.store.write_now(partial(self._file, raw=raw, box=box))

    def _file(self, conn: Connection, raw: bytes, box: str) -> None:
        ledger.deliver_one(conn, _BOXES[box], ledger.pack(raw), self.now)
        office, keys = self.office, self.office.keys
        (row,) = ledger.unfiled(conn, after=0, limit=1, max_bytes=10**9)
        heard = answer(row.raw, self.setup)
        assert isinstance(heard, HeardMail), heard
        believed = believe(row, heard, office.desk, keys)
        read = point(row, believed, {}, office.desk, keys)
        assert isinstance(read, ReadMail)
        BatchFiling(conn, office, self.now).file([read])

    def variant(self, policy: str, **changed: Any) -> str:
        """The file of a packaged policy in which these keys are others."""
        file = self.folder / "variant.yaml"
        file.write_text(yaml.safe_dump(read_yaml(packaged(policy)).data | changed, sort_keys=False))
        return str(file)

    async def read(self, raws: Sequence[bytes]) -> list[HeardMail | UnreadMail]:
        """Read mails as the child does, here."""
        found = [answer(raw, self.setup) for raw in raws]
        assert not any(isinstance(each, Files) for each in found)
        return [each for each in found if not isinstance(each, Files)]

    async def differences(self) -> tuple[dict[str, Any], list[LeftOut]]:
        """Everything that a replay through the desk's own policy makes otherwise, and what it leaves out."""
        return await differences(self.store, self.office, self.read, self.now)

    def last_letter(self) -> str:
        """The Message-ID of the newest letter to a customer."""
        return str(self.store.read_now(_newest_letter))

    def acts(self, ref: str, *steps: Any, at: datetime, by: str = ANA) -> None:
        """Somebody acts, Ana mostly: each step is a function of a case, the desk and their hand."""
        self.until(at)
        hand = Actor(by, self.now, by)
        desk = self.office.desk

        def bound(step: Any) -> Act:
            return lambda case: step(case, desk, hand)

        act(self.store, self.office, ref, [bound(each) for each in steps], self.now)


def _config(policy: Path) -> str:
    """The configuration with every team and level that the packaged policies speak of."""
    packages = sorted(packaged("policies").glob("*.yaml"))
    needs = [needs_of(load_policy(each)) for each in (*packages, policy)]
    teams = dict.fromkeys(["support", *(name for each in needs for name in each.teams)])
    roles = dict.fromkeys(["", *(name for each in needs for name in each.roles)])
    named = [{"name": name} | ({"lead": ANA} if name == "support" else {}) for name in teams]
    leaders = [
        {"name": "Lea Dias", "address": f"lea{number}@acme.example"} | ({"role": role} if role else {})
        for number, role in enumerate(roles)
    ]
    return _CONFIG.replace("TEAMS", json.dumps(named)).replace("LEADERS", json.dumps(leaders))


def _next_due(conn: Connection) -> datetime | None:
    return conn.execute(select(func.min(deadlines.c.due_at))).scalar()


def _newest_ref(conn: Connection) -> str:
    query = select(ledger_table.c.case_ref).order_by(ledger_table.c.id.desc()).limit(1)
    return str(conn.execute(query).scalar_one())


def _newest_letter(conn: Connection) -> str | None:
    c = mails.c
    query = select(c.message_id).where(c.direction == "out", c.internal.is_(False))
    return conn.execute(query.order_by(c.id.desc()).limit(1)).scalar()

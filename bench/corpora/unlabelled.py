"""What the scorer does not ask for: names inside winmail.dat, and mails called automatic that are not."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.corpora.adapter import read
from bench.corpora.scoring import Failure
from maildesk.errors import Unreadable
from maildesk.mail.message import AutomaticKind, IncomingMail
from maildesk.mail.mime.attachment_names import safe_name
from maildesk.mail.reading import attachments_of

TNEF = "tnef"
# Sets of mails that are no bounces, or where those that are carry a report of a mail system.
OTHERS = ("stalwart", "hostile", "talon", "threads_jwz", "threads_notmuch")
_REPORTS = (b"/delivery-status", b"/feedback-report")  # RFC 3464, RFC 5965
_WINMAIL = (
    b"From: ana@client.example\r\nTo: support@acme.example\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
)


def rows(folder: Path, corpus: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each mail of a set with what is expected of it."""
    index = folder / corpus / "index.jsonl"
    for line in index.read_text(encoding="utf-8").split("\n") if index.exists() else ():
        if line:
            row = json.loads(line)
            yield row, (folder / corpus / row["file"]).read_bytes()


def names_in_winmail(folder: Path) -> tuple[int, list[Failure]]:
    """How many files were asked for their names, and those whose names we do not all show."""
    asked, failed = 0, []
    for row, data in rows(folder, TNEF):
        wanted = row["expect"].get("attachment_names")
        if wanted is None:
            continue
        asked += 1
        shown = [each.name for each, _ in attachments_of(_WINMAIL + base64.encodebytes(data))]
        want = [safe_name(name, "", 1) for name in wanted]
        if Counter(want) - Counter(shown):
            failed.append(Failure(TNEF, "maildesk", row["file"], "names", str(want), str(shown)))
    return asked, failed


@dataclass(slots=True)
class Called:
    """How often each kind of automatic mail was seen in one set, and the bounces that bring no report."""

    corpus: str
    mails: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    doubtful: list[Failure] = field(default_factory=list)


def called_automatic(folder: Path) -> Iterator[Called]:
    """What the rules for automatic mail say of mails that were collected for something else."""
    for corpus in OTHERS:
        called = Called(corpus)
        for row, raw in rows(folder, corpus):
            if row["kind"] != "message":
                continue
            try:
                mail = read(raw)
            except Unreadable:
                continue
            called.mails += 1
            if mail.automation.automatic:
                called.kinds[str(mail.automation.automatic.kind)] += 1
            if _is_doubtful(mail, raw):
                rule = mail.automation.automatic.rule if mail.automation.automatic else ""
                called.doubtful.append(Failure(corpus, "maildesk", row["file"], "bounce", "no report", rule))
        yield called


def _is_doubtful(mail: IncomingMail, raw: bytes) -> bool:
    """A bounce by our own rules alone: no part of it is a report of a mail system."""
    bounced = mail.automation.automatic is not None and mail.automation.automatic.kind is AutomaticKind.BOUNCE
    lower = raw.lower()
    return (bounced or mail.automation.bounce is not None) and not any(each in lower for each in _REPORTS)

"""`maildesk person export`: what is kept about an address, in one file that can be handed to them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.desks import now_of, opened, policy_of
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import counting
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import NotAllowed

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.desk.policy.policy import Policy
    from maildesk.store.database import Database
    from maildesk.store.persons import Traces
    from maildesk.store.shown import AnyRow


@command(
    "export",
    "maildesk person export bo@client.example\n"
    "maildesk person export bo@client.example --with-notes --to bo.zip",
)
@click.argument("address")
@click.option(
    "--to",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, which must not exist; default: ADDRESS.zip here.",
)
@click.option("--with-notes", is_flag=True, help="Also what the desk's people noted on the person's cases.")
def export(address: str, target: Path | None, *, with_notes: bool) -> None:
    """Write all that is kept about ADDRESS into a zip that only you can read.

    In it are the person's cases and what happened to them, every mail from them (its exact bytes), and every
    letter to them (its bytes as long as they are kept, its words always). Mails of others on the same cases
    are counted and not shown, and notes of the desk's people only go along with --with-notes. Read the file
    before you hand it out: only you know whether it goes to the right person.
    """
    from maildesk.store.backup import published
    from maildesk.store.persons import traces

    desk = settings()
    require_outside(desk, address)
    path = (target or Path(f"{address.replace('/', '_')}.zip")).absolute()
    with opened(desk) as store:
        found = store.read_now(partial(traces, address=address))
        with published(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            exported = _Export(store, found, policy_of(desk), archive, now_of(desk), with_notes=with_notes)
            exported.write(desk.desk.name)
    echo(
        f"{one_line(str(path))}: {len(found.cases)} cases, {len(found.ledger)} mails that came in and"
        f" {len(found.letters)} letters"
    )


def require_outside(desk: Settings, address: str) -> None:
    """Raise NotAllowed for one of the desk's own people and addresses."""
    from maildesk.config.building import staff
    from maildesk.mail.addr_spec import person_key

    people, known = staff(desk), person_key(address)
    if people.is_desk_person(known) or people.is_own(known):
        raise NotAllowed(
            f"{address[:80]!a} is of the desk itself", remedy="name the address of somebody outside"
        )


class _Export:
    """One export being written: a page to begin with, then a file for each case, mail and letter."""

    def __init__(
        self,
        store: Database,
        found: Traces,
        policy: Policy,
        archive: zipfile.ZipFile,
        at: datetime,
        *,
        with_notes: bool,
    ) -> None:
        self._store = store
        self._found = found
        self._policy = policy
        self._archive = archive
        self._with_notes = with_notes
        self._now = at
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second)

    def write(self, name: str) -> None:
        """Everything, the table of contents last: it names the files."""
        found = self._found
        total = len(found.cases) + len(found.ledger) + len(found.letters)
        with counting("exporting", total) as done:
            for number, ref in enumerate(found.cases, 1):
                self._json(f"cases/{ref}.json", self._case(ref))
                done(number)
            mails = [self._mail(each) for each in found.ledger]
            done(len(found.cases) + len(mails))
            letters = [self._letter(each) for each in found.letters]
        self._json(
            "person.json",
            {
                "desk": name,
                "exported_at": self._now.isoformat(),
                "address": found.person.address,
                "names": list(found.person.names),
                "first_proven_at": found.proven_at and found.proven_at.isoformat(),
                "cases": list(found.own),
                "cases_of_others": list(found.others),
                "mails": mails,
                "letters": letters,
            },
        )
        self._file("README.txt", _README.format(name=name, address=found.person.address).encode())

    # --- cases ------------------------------------------------------------------------------------

    def _case(self, ref: str) -> dict[str, Any]:
        """One case as it concerns the person: of somebody else's, what they wrote and were sent."""
        from maildesk.store.case_views import case_show
        from maildesk.store.persons import mails_with

        shown = self._store.read_now(lambda conn: case_show(conn, ref, self._policy))
        theirs, others = self._store.read_now(lambda conn: mails_with(conn, ref, self._found.person))
        own = ref in self._found.own
        case: dict[str, Any] = {"ref": ref, "opened_by_you": own}
        case |= {key: shown[key] for key in _OF_A_CASE} if own else {}
        case |= {"mails": [_as_shown(each) for each in theirs], "mails_of_others": others}
        case["history"] = list(self._history(shown["events"], own=own))
        return case | ({"notes": self._notes(ref)} if self._with_notes and own else {})

    def _history(self, events: Sequence[Mapping[str, Any]], *, own: bool) -> Iterator[dict[str, Any]]:
        """The things that the person did, in their words; of their own case also what else happened."""
        for each in events:
            theirs = self._found.person.has(each["actor"])
            said = {key: each["data"][key] for key in _OF_AN_EVENT if theirs and key in each["data"]}
            if own or theirs:
                yield {"at": each["at"], "what": each["kind"], "by_you": theirs, **said}

    def _notes(self, ref: str) -> list[dict[str, Any]]:
        from maildesk.store.persons import notes_on

        return [_as_shown(each) for each in self._store.read_now(lambda conn: notes_on(conn, ref))]

    # --- mails and letters ------------------------------------------------------------------------

    def _mail(self, ledger_id: int) -> dict[str, Any]:
        from maildesk.store.ledger import raw_of
        from maildesk.store.persons import ledger_line

        line = self._store.read_now(lambda conn: ledger_line(conn, ledger_id))
        if not line.pop("kept"):
            return {**line, "file": None}
        name = f"mails/{line['case'] or 'no-case'}-{ledger_id}.eml"
        self._file(name, self._store.read_now(lambda conn: raw_of(conn, ledger_id)))
        return {**line, "file": name}

    def _letter(self, letter_id: int) -> dict[str, Any]:
        from maildesk.store.persons import letter_line

        line, content = self._store.read_now(lambda conn: letter_line(conn, letter_id))
        if content is None:
            return {**line, "file": None}
        name = f"letters/{line['case'] or 'no-case'}-{letter_id}.eml"
        self._file(name, content)
        return {**line, "file": name}

    # --- files ------------------------------------------------------------------------------------

    def _json(self, name: str, value: Any) -> None:
        self._file(name, json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))

    def _file(self, name: str, content: bytes) -> None:
        """A file of the zip. All have the moment of the export: what it holds is as it was then."""
        entry = zipfile.ZipInfo(name, self._at)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        self._archive.writestr(entry, content)


_OF_A_CASE = (
    "subject", "status", "phase", "priority", "type", "account", "opened_at", "updated_at", "closed_at",
    "first_response_at", "resolved_at", "outcome", "fields",
)  # fmt: skip
_OF_AN_EVENT = ("question", "answer", "score", "words", "subject", "form")


def _as_shown(row: AnyRow) -> dict[str, Any]:
    from maildesk.store.shown import shown_moment

    return {
        "direction": row.direction,
        "at": shown_moment(row.at),
        "from": row.sender,
        "to": row.recipients,
        "subject": row.subject,
        "text": row.text or row.new_text,
        "attachments": row.attachments,
        "verdict": row.verdict,
    }


_README = """\
What {name} keeps about {address}

person.json   the addresses and names, and the list of all mails and letters with their files
cases/        a file for each case: what was written, what was sent, what happened and when
mails/        mails that came in from this address, exactly as they came (any mail program opens them)
letters/      letters that went to it, as long as their bytes are kept; their words stand with the case

Times are UTC. Mails of other people on the same cases are counted and not shown.
"""

"""What the desk's people heard about mails that may be anybody's is counted apart, up to a cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_limits import LIFTED, LetterLimits
from maildesk.store import outbox
from maildesk.store.database import Connection, Database
from maildesk.store.limits import letter_counts, unsure_counts
from tests.store.conftest import NOW
from tests.store.test_outbox import LETTER

ANA = "Ana@acme.example"


def test_only_letters_about_forged_mails_of_the_last_day_count(database: Database) -> None:
    def work(conn: Connection) -> None:
        refused = replace(LETTER, kind=LetterKind.REFUSED, recipient=ANA, case_ref=None, created_at=NOW)
        forged = [replace(refused, message_id=f"{n}@acme.example", limited=False) for n in range(4)]
        own = replace(refused, message_id="own@acme.example", limited=True)
        old = replace(forged[0], message_id="old@acme.example", created_at=NOW - timedelta(days=2))
        notice = replace(forged[0], message_id="notice@acme.example", kind=LetterKind.REPLIED_TEAM)
        outbox.add(conn, [*forged, own, old, notice])
        assert unsure_counts(conn, NOW, [ANA, "ben@acme.example"], 9)[ANA.lower()] == 4
        assert unsure_counts(conn, NOW, [ANA], 3)[ANA.lower()] == 3
        assert unsure_counts(conn, NOW, [ANA], LIFTED) == {}, "a lifted limit is not counted"
        assert letter_counts(conn, NOW, [ANA.lower()], [], LetterLimits()).address[ANA.lower()] == 1

    database.write_now(work)

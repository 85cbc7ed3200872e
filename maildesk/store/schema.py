"""The tables: what each keeps, and the keys that make losing or doubling a mail impossible."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)

from maildesk.store.case_tables import cases as cases
from maildesk.store.case_tables import requirements as requirements
from maildesk.store.column_types import Json, Moment
from maildesk.store.hearing_tables import hearings as hearings
from maildesk.store.hearing_tables import outages as outages
from maildesk.store.search_tables import search as search
from maildesk.store.staff_tables import staff_absences as staff_absences
from maildesk.store.staff_tables import staff_choices as staff_choices
from maildesk.store.table_base import metadata as metadata
from maildesk.store.table_base import partial_index

_Id = BigInteger().with_variant(Integer, "sqlite")

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("identity", String(64), primary_key=True, comment="hash of host, username and folder"),
    Column("name", Text, nullable=False, comment="what the configuration calls it today"),
    Column("first_started_at", Moment, nullable=False, comment="mail from before it is old mail"),
    Column("uidvalidity", BigInteger, nullable=True),
    Column("last_listed_at", Moment, nullable=True, comment="when it was last listed to its end"),
    Column("uidnext", BigInteger, nullable=True, comment="how far its UIDs had come then"),
    Column("processed_uidvalidity", BigInteger, nullable=True),
    Column(
        "processed_uidnext", BigInteger, nullable=True, comment="what lies below it there is accounted for"
    ),
)

raw_mails = Table(
    "raw_mails",
    metadata,
    Column("sha256", String(64), primary_key=True, comment="of the bytes as fetched"),
    Column("size", BigInteger, nullable=False),
    Column("packed", LargeBinary, nullable=False, comment="zlib; attachments are cut from it on reading"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("mailbox", ForeignKey("mailboxes.identity"), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),  # below zero: the server gave the UID to another mail
    Column("uid", BigInteger, nullable=False),
    Column("internal_date", Moment, nullable=False),
    Column("received_at", Moment, nullable=False, comment="when we stored it"),
    Column("size", BigInteger, nullable=False),
    Column("raw_sha256", ForeignKey("raw_mails.sha256"), nullable=True, comment="none: left on the server"),
    Column("verdict", String(20), nullable=True, comment="none: not yet filed"),
    Column("reason", Text, nullable=True, comment="a constant for machines"),
    Column("note", Text, nullable=True, comment="a line for people"),
    Column("case_ref", String(12), nullable=True),
    Column("message_id", Text, nullable=True),
    Column("content_digest", String(64), nullable=True),
    Column("sender", Text, nullable=True, comment="as shown to people"),
    Column(
        "author",
        Text,
        nullable=True,
        comment="the strict From, lower case",
    ),
    Column("subject", Text, nullable=True),
    Column("filed_at", Moment, nullable=True),
    Column("cleared_at", Moment, nullable=True, comment="when it was moved or marked on the server"),
    Column("act_digest", String(64), nullable=True, comment="of a desk person's words that were done"),
    Column("words_digest", String(64), nullable=True, comment="of the content but for what judges it"),
    Column("standing", String(8), nullable=True, comment="how well its author was known when it was filed"),
    Column("voice", String(8), nullable=True, comment="whose words it was judged to be"),
    UniqueConstraint("mailbox", "uidvalidity", "uid", name="uq_ledger_delivery"),
)
partial_index("ix_ledger_unfiled", ledger.c.id, where=ledger.c.verdict.is_(None))
partial_index("ix_ledger_uncleared", ledger.c.mailbox, ledger.c.id, where=ledger.c.cleared_at.is_(None))
partial_index("ix_ledger_act", ledger.c.act_digest, where=ledger.c.act_digest.is_not(None))
Index("ix_ledger_raw", ledger.c.raw_sha256)
partial_index("ix_ledger_case", ledger.c.case_ref, where=ledger.c.case_ref.is_not(None))
Index("ix_ledger_message_id", ledger.c.message_id)
partial_index("ix_ledger_quarantine", ledger.c.verdict, where=ledger.c.verdict == "quarantined")

turns = Table(
    "turns",
    metadata,
    Column("team", Text, primary_key=True),
    Column("agent", Text, nullable=False, comment="lower case: who was given a case of the team last"),
)

parties = Table(
    "parties",
    metadata,
    Column("case_ref", ForeignKey("cases.ref"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", String(12), nullable=False),
    Column(
        "written",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="a mail of theirs joined the case",
    ),
    Column("met", Text, nullable=False, server_default=text("''"), comment="parties they know of"),
)

mails = Table(
    "mails",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_ref", ForeignKey("cases.ref"), nullable=False),
    Column("direction", String(3), nullable=False, comment="in or out"),
    Column("ledger_id", ForeignKey("ledger.id"), nullable=True, unique=True),
    Column("message_id", Text, nullable=True),
    Column("at", Moment, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipients", Json, nullable=False, comment="list of addresses"),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("new_text", Text, nullable=False),
    Column("attachments", Json, nullable=False),
    Column("verdict", String(30), nullable=False, comment="in: the verdict; out: the kind of letter"),
    Column("reason", Text, nullable=True),
    Column("internal", Boolean, nullable=False, comment="never shown to a customer"),
    Column("refs", Json, nullable=False, comment="In-Reply-To and References, nearest first"),
    Column("about", _Id, nullable=True, comment="out: the ledger row of the mail that led to it"),
    Column(
        "unconfirmed",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="in a desk person's name, who has not answered for it",
    ),
    Column(
        "in_context", Text, nullable=False, server_default=text("''"), comment="words below what they answer"
    ),
    Column("spoken_by", Text, nullable=True, comment="out: the agent who sent it to customers"),
)
Index("ix_mails_case", mails.c.case_ref, mails.c.at)
Index("ix_mails_message_id", mails.c.message_id)

thread_ids = Table(
    "thread_ids",
    metadata,
    Column("message_id", Text, primary_key=True, comment="of no mail we have, when it was written down"),
    Column("case_ref", ForeignKey("cases.ref"), primary_key=True),
    Column("hold", String(5), primary_key=True, comment="alias or named: what ties the id to the case"),
    Column("noted_at", Moment, nullable=False),
    Column("sent_to", Text, nullable=True, comment="lower case: to whom a relay gave our letter this id"),
)

events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_ref", ForeignKey("cases.ref"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Json, nullable=False),
)
Index("ix_events_case", events.c.case_ref, events.c.id)
Index("ix_events_at", events.c.at, events.c.case_ref)
partial_index("ix_events_answers", events.c.id, where=events.c.kind == "question-answered")

deadlines = Table(
    "deadlines",
    metadata,
    Column("case_ref", ForeignKey("cases.ref"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("due_at", Moment, nullable=False),
)
Index("ix_deadlines_due", deadlines.c.due_at)

letter_bodies = Table(
    "letter_bodies",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column(
        "content", LargeBinary, nullable=False, comment="as it goes over the wire, once for all who get it"
    ),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("case_ref", ForeignKey("cases.ref"), nullable=True, comment="none: an alarm to the operators"),
    Column("message_id", Text, nullable=False, comment="shared by the letters of one event"),
    Column("kind", String(30), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("envelope_from", Text, nullable=False),
    Column("mailbox", Text, nullable=False, comment="the address whose relay sends it; empty: the desk's"),
    Column("head", LargeBinary, nullable=True, comment="its own header lines; none: no longer kept"),
    Column("body_id", ForeignKey("letter_bodies.id"), nullable=True, comment="none: no longer kept"),
    Column("personal", Boolean, nullable=False, comment="a person's words; else automatic"),
    Column("limited", Boolean, nullable=False, comment="an acknowledgement: counted by the limits"),
    Column(
        "to_desk",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="goes to the desk's own people, as they were when it was queued",
    ),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, comment="tried until then, then failed"),
    Column("marked_at", Moment, nullable=True, comment="the attempt's mark: committed just before DATA"),
    Column("told_at", Moment, nullable=True, comment="when the agent heard that it is late"),
    Column("ended_at", Moment, nullable=True),
    Column("reason", Text, nullable=True),
    UniqueConstraint("message_id", "recipient", name="uq_outbox_letter"),
)
Index("ix_outbox_due", outbox.c.state, outbox.c.personal, outbox.c.due_at, outbox.c.mailbox)
Index("ix_outbox_case", outbox.c.case_ref)
Index("ix_outbox_recipient", outbox.c.recipient, outbox.c.created_at)
partial_index("ix_outbox_body", outbox.c.body_id, where=outbox.c.body_id.is_not(None))


def _counted_by(name: str, *columns: ColumnElement[Any]) -> None:
    """An index of the acknowledgements that a limit counts: one that is held or dropped is not even there."""
    counted = outbox.c.limited.is_(True) & outbox.c.state.not_in(("held", "dropped"))
    partial_index(name, *columns, where=counted)


_counted_by("ix_outbox_limited", outbox.c.created_at)
_counted_by("ix_outbox_limited_address", func.lower(outbox.c.recipient), outbox.c.created_at)
_counted_by("ix_outbox_limited_case", outbox.c.case_ref, outbox.c.created_at, outbox.c.kind)
_counted_by("ix_outbox_limited_domain", outbox.c.domain, outbox.c.created_at, func.lower(outbox.c.recipient))

restorations = Table(
    "restorations",
    metadata,
    Column("restored_at", Moment, primary_key=True, comment="when the desk went on from the copy"),
    Column("made_at", Moment, nullable=False, comment="when the copy was made"),
    Column("held", Integer, nullable=False, comment="how many letters were held for it"),
)

reread = Table(
    "reread",
    metadata,
    Column(
        "ledger_id",
        ForeignKey("ledger.id"),
        primary_key=True,
        comment="it may have been handled before the restoration",
    ),
)

digest_entries = Table(
    "digest_entries",
    metadata,
    Column("recipient", Text, primary_key=True, comment="a person of the desk, as letters are addressed"),
    Column("message_id", Text, primary_key=True, comment="of the notice that it stands for"),
    Column("case_ref", ForeignKey("cases.ref"), nullable=False),
    Column("kind", String(30), nullable=False, comment="of the notice that it stands for"),
    Column("at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False, comment="the digest is not written earlier"),
)
Index("ix_digest_entries_due", digest_entries.c.due_at)

confirmations = Table(
    "confirmations",
    metadata,
    Column("token_sha256", String(64), primary_key=True, comment="the token itself is in its letter only"),
    Column("ledger_id", ForeignKey("ledger.id"), nullable=False, unique=True, comment="the mail that waits"),
    Column("author", Text, nullable=False, comment="the strict From, lower case: whose word is asked for"),
    Column("case_ref", String(12), nullable=True, comment="none: the mail is about no case"),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("answered_at", Moment, nullable=True, comment="its one answer"),
    Column("answer", String(10), nullable=True, comment="confirmed or declined"),
    Column("vouched", Boolean, nullable=False, server_default=false(), comment="for its sender, by our host"),
    Column(
        "list_sha256",
        String(64),
        nullable=True,
        comment="of the token of the letter that asks about several; none: asked about alone",
    ),
    Column("listed_at", Moment, nullable=True, comment="when that letter was written"),
    Column("wanted_at", Moment, nullable=True, comment="when its author asked for a question of its own"),
    Column("lapses_at", Moment, nullable=True, comment="when a held answer counts as not sent"),
)
partial_index(
    "ix_confirmations_author",
    confirmations.c.author,
    confirmations.c.asked_at,
    where=confirmations.c.list_sha256.is_(None) | confirmations.c.wanted_at.is_not(None),
)
partial_index(
    "ix_confirmations_lapses",
    confirmations.c.lapses_at,
    where=confirmations.c.lapses_at.is_not(None) & confirmations.c.answer.is_(None),
)
partial_index(
    "ix_confirmations_list",
    confirmations.c.list_sha256,
    confirmations.c.ledger_id,
    where=confirmations.c.list_sha256.is_not(None),
)
partial_index(
    "ix_confirmations_listed",
    confirmations.c.author,
    confirmations.c.listed_at,
    where=confirmations.c.listed_at.is_not(None),
)

shown_tokens = Table(
    "shown_tokens",
    metadata,
    Column(
        "token",
        Text,
        primary_key=True,
        comment="case and party; a Message-ID of ours; of a question the SHA-256",
    ),
    Column("kind", String(10), primary_key=True, comment="address, id or question"),
    Column("ledger_id", BigInteger, nullable=False, comment="the mail that showed it first"),
    Column("shown_at", Moment, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    Column("address", Text, primary_key=True, comment="lower case"),
    Column("proven_at", Moment, nullable=True, comment="when it first returned a token of ours"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("raised_at", Moment, nullable=False),
)

desk_times = Table(
    "desk_times",
    metadata,
    Column("name", Text, primary_key=True, comment="a thing that the desk does at set hours, of no case"),
    Column("done_until", Moment, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", Moment, nullable=False, comment="when its hour began"),
    Column("spent", BigInteger, nullable=False, comment="bytes"),
)

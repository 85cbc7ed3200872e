"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27)


def upgrade() -> None:
    _create_mailboxes()
    _create_raw_mails()
    _create_ledger()
    _create_cases()
    _create_turns()
    _create_parties()
    _create_mails()
    _create_thread_ids()
    _create_events()
    _create_deadlines()
    _create_outbox()
    _create_digest_entries()
    _create_confirmations()
    _create_addresses()
    _create_alarms()


def downgrade() -> None:
    op.drop_table("alarms")
    op.drop_table("addresses")
    op.drop_table("confirmations")
    op.drop_table("digest_entries")
    op.drop_table("outbox")
    op.drop_table("deadlines")
    op.drop_table("events")
    op.drop_table("thread_ids")
    op.drop_table("mails")
    op.drop_table("parties")
    op.drop_table("turns")
    op.drop_table("cases")
    op.drop_table("ledger")
    op.drop_table("raw_mails")
    op.drop_table("mailboxes")


def _create_mailboxes() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("identity", sa.String(64), primary_key=True, comment="hash of host, username and folder"),
        sa.Column("name", sa.Text(), nullable=False, comment="what the configuration calls it today"),
        sa.Column("first_started_at", MOMENT, nullable=False, comment="mail from before it is old mail"),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("last_listed_at", MOMENT, nullable=True, comment="when it was last listed to its end"),
    )


def _create_raw_mails() -> None:
    op.create_table(
        "raw_mails",
        sa.Column("sha256", sa.String(64), primary_key=True, comment="of the bytes as fetched"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "packed", sa.LargeBinary(), nullable=False, comment="zlib; attachments are cut from it on reading"
        ),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", ID, primary_key=True),
        sa.Column("mailbox", sa.String(64), sa.ForeignKey("mailboxes.identity"), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("internal_date", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False, comment="when we stored it"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "raw_sha256",
            sa.String(64),
            sa.ForeignKey("raw_mails.sha256"),
            nullable=True,
            comment="none: left on the server",
        ),
        sa.Column("verdict", sa.String(20), nullable=True, comment="none: not yet filed"),
        sa.Column("reason", sa.Text(), nullable=True, comment="a constant for machines"),
        sa.Column("note", sa.Text(), nullable=True, comment="a line for people"),
        sa.Column("case_ref", sa.String(12), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("content_digest", sa.String(64), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True, comment="as shown to people"),
        sa.Column("author", sa.Text(), nullable=True, comment="the strict From, lower case"),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("filed_at", MOMENT, nullable=True),
        sa.Column("cleared_at", MOMENT, nullable=True, comment="when it was moved or marked on the server"),
        sa.Column(
            "act_digest", sa.String(64), nullable=True, comment="of a desk person's words that were done"
        ),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid", name="uq_ledger_delivery"),
    )
    op.create_index("ix_ledger_act", "ledger", ["act_digest"], **_only("act_digest IS NOT NULL"))
    op.create_index("ix_ledger_message_id", "ledger", ["message_id"])
    op.create_index("ix_ledger_quarantine", "ledger", ["verdict"], **_only("verdict = 'quarantined'"))
    op.create_index("ix_ledger_raw", "ledger", ["raw_sha256"])
    op.create_index("ix_ledger_uncleared", "ledger", ["mailbox", "id"], **_only("cleared_at IS NULL"))
    op.create_index("ix_ledger_unfiled", "ledger", ["id"], **_only("verdict IS NULL"))


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("ref", sa.String(12), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column(
            "mailbox",
            sa.Text(),
            nullable=False,
            comment="its address, lower case: whose voice the case has",
        ),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("escalation_level", sa.Integer(), nullable=True),
        sa.Column("escalated_at", MOMENT, nullable=True),
        sa.Column("escalated_by", sa.Text(), nullable=True),
        sa.Column("response_due", MOMENT, nullable=True),
        sa.Column("resolution_due", MOMENT, nullable=True),
        sa.Column("overdue_at", MOMENT, nullable=True),
        sa.Column(
            "warn_at", MOMENT, nullable=True, comment="when people are told that the response is due soon"
        ),
        sa.Column("first_response_at", MOMENT, nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("wait_until", MOMENT, nullable=True, comment="when a waiting case opens again by itself"),
        sa.Column(
            "merged_into", sa.String(12), nullable=True, comment="the case that this one became a part of"
        ),
    )
    op.create_index("ix_cases_phase", "cases", ["phase", "opened_at"])
    op.create_index("ix_cases_requester", "cases", ["requester"])
    op.create_index("ix_cases_owner", "cases", ["owner", "phase"], **_only("owner IS NOT NULL"))


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("team", sa.Text(), primary_key=True),
        sa.Column(
            "agent",
            sa.Text(),
            nullable=False,
            comment="lower case: who was given a case of the team last",
        ),
    )


def _create_parties() -> None:
    op.create_table(
        "parties",
        sa.Column("case_ref", sa.String(12), sa.ForeignKey("cases.ref"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_ref", sa.String(12), sa.ForeignKey("cases.ref"), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False, comment="in or out"),
        sa.Column("ledger_id", ID, sa.ForeignKey("ledger.id"), nullable=True, unique=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False, comment="list of addresses"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("new_text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.Column(
            "verdict", sa.String(30), nullable=False, comment="in: the verdict; out: the kind of letter"
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False, comment="never shown to a customer"),
        sa.Column("refs", sa.Text(), nullable=False, comment="In-Reply-To and References, nearest first"),
        sa.Column("about", ID, nullable=True, comment="out: the ledger row of the mail that led to it"),
    )
    op.create_index("ix_mails_case", "mails", ["case_ref", "at"])
    op.create_index("ix_mails_message_id", "mails", ["message_id"])


def _create_thread_ids() -> None:
    op.create_table(
        "thread_ids",
        sa.Column(
            "message_id", sa.Text(), primary_key=True, comment="of no mail we have, when it was written down"
        ),
        sa.Column("case_ref", sa.String(12), sa.ForeignKey("cases.ref"), primary_key=True),
        sa.Column(
            "hold",
            sa.String(5),
            primary_key=True,
            comment="alias or named: what ties the id to the case",
        ),
        sa.Column("noted_at", MOMENT, nullable=False),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_ref", sa.String(12), sa.ForeignKey("cases.ref"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_index("ix_events_case", "events", ["case_ref", "id"])


def _create_deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("case_ref", sa.String(12), sa.ForeignKey("cases.ref"), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("due_at", MOMENT, nullable=False),
    )
    op.create_index("ix_deadlines_due", "deadlines", ["due_at"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "case_ref",
            sa.String(12),
            sa.ForeignKey("cases.ref"),
            nullable=True,
            comment="none: an alarm to the operators",
        ),
        sa.Column("message_id", sa.Text(), nullable=False, comment="shared by the letters of one event"),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("envelope_from", sa.Text(), nullable=False),
        sa.Column(
            "mailbox",
            sa.Text(),
            nullable=False,
            comment="the address whose relay sends it; empty: the desk's",
        ),
        sa.Column(
            "content", sa.LargeBinary(), nullable=False, comment="fixed when it was queued, sent as it is"
        ),
        sa.Column("personal", sa.Boolean(), nullable=False, comment="a person's words; else automatic"),
        sa.Column(
            "limited", sa.Boolean(), nullable=False, comment="an acknowledgement: counted by the limits"
        ),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False, comment="tried until then, then failed"),
        sa.Column(
            "marked_at", MOMENT, nullable=True, comment="the attempt's mark: committed just before DATA"
        ),
        sa.Column("told_at", MOMENT, nullable=True, comment="when the agent heard that it is late"),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.UniqueConstraint("message_id", "recipient", name="uq_outbox_letter"),
    )
    op.create_index("ix_outbox_case", "outbox", ["case_ref"])
    op.create_index("ix_outbox_due", "outbox", ["state", "personal", "due_at", "mailbox"])
    op.create_index(
        "ix_outbox_limited",
        "outbox",
        ["created_at", "recipient", "domain", "case_ref", "state"],
        sqlite_where=sa.text("limited IS 1"),
        postgresql_where=sa.text("limited IS true"),
    )
    op.create_index("ix_outbox_recipient", "outbox", ["recipient", "created_at"])


def _create_digest_entries() -> None:
    op.create_table(
        "digest_entries",
        sa.Column(
            "recipient", sa.Text(), primary_key=True, comment="a person of the desk, as letters are addressed"
        ),
        sa.Column("message_id", sa.Text(), primary_key=True, comment="of the notice that it stands for"),
        sa.Column("case_ref", sa.String(12), sa.ForeignKey("cases.ref"), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False, comment="of the notice that it stands for"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False, comment="the digest is not written earlier"),
    )
    op.create_index("ix_digest_entries_due", "digest_entries", ["due_at"])


def _create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column(
            "token_sha256", sa.String(64), primary_key=True, comment="the token itself is in its letter only"
        ),
        sa.Column(
            "ledger_id",
            ID,
            sa.ForeignKey("ledger.id"),
            nullable=False,
            unique=True,
            comment="the mail that waits",
        ),
        sa.Column(
            "author",
            sa.Text(),
            nullable=False,
            comment="the strict From, lower case: whose word is asked for",
        ),
        sa.Column("case_ref", sa.String(12), nullable=True, comment="none: the mail is about no case"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True, comment="its one answer"),
        sa.Column("answer", sa.String(10), nullable=True, comment="confirmed or declined"),
    )


def _create_addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("address", sa.Text(), primary_key=True, comment="lower case"),
        sa.Column("proven_at", MOMENT, nullable=True, comment="when it first returned a token of ours"),
    )


def _create_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("raised_at", MOMENT, nullable=False),
    )


def _only(rows: str) -> dict[str, Any]:
    """The option of an index that covers only `rows`."""
    return {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)}

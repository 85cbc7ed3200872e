"""Statuses, fields, clocks and questions of a case, as the policy names them; the moments become clocks."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.String(27)


def _columns():
    return (
        sa.Column("status", sa.Text(), nullable=False, server_default="", comment="empty: the phase's first"),
        sa.Column("came_from", sa.Text(), nullable=False, server_default="", comment="the status before it"),
        sa.Column(
            "needs", sa.Text(), nullable=False, server_default="", comment="what a customer was asked for"
        ),
        sa.Column("outcome", sa.Text(), nullable=True, comment="what came of it, as the policy names it"),
        sa.Column("fields", sa.Text(), nullable=True, comment="those of the policy that have a value"),
        sa.Column("clocks", sa.Text(), nullable=True, comment="what is timed now, as its events say it"),
        sa.Column("asked", sa.Text(), nullable=True, comment="the question that waits for its answer"),
        sa.Column("askings", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("asked_before", sa.Text(), nullable=True, comment="names of questions that were asked"),
        sa.Column(
            "followed_by",
            sa.String(12),
            nullable=True,
            comment="the case that a reply opened which came too late",
        ),
        sa.Column("promised_from", MOMENT, nullable=True, comment="when its promises began to count"),
    )


def _into_clocks():
    return (
        sa.Column("overdue_at", MOMENT, nullable=True),
        sa.Column(
            "warn_at", MOMENT, nullable=True, comment="when people are told that the response is due soon"
        ),
        sa.Column("wait_until", MOMENT, nullable=True, comment="when a waiting case opens again by itself"),
    )


_DEADLINES = {"response": "first_response", "response-near": "first_response-near"}

_STATE = (
    "subject", "phase", "requester", "mailbox", "opened_at", "updated_at", "priority", "type", "account",
    "owner", "team", "escalation_level", "escalated_at", "escalated_by", "first_response_at", "resolved_at",
    "closed_at", "reopened", "merged_into", "promised_from",
)  # fmt: skip
"""What the event says that records how a case stood: its history before said less than it is."""


def upgrade() -> None:
    for column in _columns():
        op.add_column("cases", column)
    _each_case(_with_clocks)
    for column in _into_clocks():
        op.drop_column("cases", column.name)
    for old, new in _DEADLINES.items():
        op.execute(f"UPDATE deadlines SET kind = '{new}' WHERE kind = '{old}'")  # noqa: S608 - the table above
    answers = sa.text("kind = 'question-answered'")
    op.create_index("ix_events_answers", "events", ["id"], sqlite_where=answers, postgresql_where=answers)
    _watch_resolutions()


def _watch_resolutions():
    """A row for each resolution that is to come: until now nobody was told of them."""
    bind = op.get_bind()
    deadlines = sa.table("deadlines", *map(sa.column, ("case_ref", "kind", "due_at")))
    found = bind.execute(sa.text("SELECT ref, clocks FROM cases WHERE clocks LIKE '%resolution%'")).all()
    for ref, packed in found:
        clocks = json.loads(packed)
        due = _stored(clocks.get("resolution"))
        if due and "resolution_told" not in clocks:
            bind.execute(sa.insert(deadlines).values(case_ref=ref, kind="resolution", due_at=due))


def downgrade() -> None:
    op.drop_index("ix_events_answers", table_name="events")
    for column in _into_clocks():
        op.add_column("cases", column)
    _each_case(_without_clocks)
    for column in reversed(_columns()):
        op.drop_column("cases", column.name)
    op.execute("DELETE FROM events WHERE kind = 'state-recorded'")
    for old, new in _DEADLINES.items():
        op.execute(f"UPDATE deadlines SET kind = '{old}' WHERE kind = '{new}'")  # noqa: S608 - the table above
    op.execute("DELETE FROM deadlines WHERE kind NOT IN ('response', 'response-near', 'wait')")


def _each_case(change):
    """Change every case, some at a time."""
    bind, last = op.get_bind(), ""
    while found := bind.execute(_SOME, {"last": last}).mappings().all():
        for row in found:
            said, event = change(dict(row))
            cases = sa.table("cases", sa.column("ref"), *map(sa.column, said))
            bind.execute(sa.update(cases).where(cases.c.ref == row["ref"]).values(said))
            if event:
                bind.execute(sa.insert(sa.table("events", *map(sa.column, event))).values(event))
        last = found[-1]["ref"]


_SOME = sa.text("SELECT * FROM cases WHERE ref > :last ORDER BY ref LIMIT 500")


def _with_clocks(row):
    """The clocks that the moments of a case were, and the event that records how it stood."""
    ended = row["phase"] in ("resolved", "closed")
    promised = row["opened_at"] if row["response_due"] or row["resolution_due"] else None
    clocks = {}
    if row["response_due"] and not ended:
        told = {"warn": row["warn_at"], "told": row["overdue_at"], "met": row["first_response_at"]}
        clocks |= _clock("first_response", row["opened_at"], row["response_due"], **told)
    if row["resolution_due"] and not ended:
        clocks |= _resolution(row)
    if row["wait_until"] and row["phase"] == "waiting":
        clocks |= _clock("wait", row["updated_at"], row["wait_until"])
    open_response = None if ended or row["first_response_at"] else row["response_due"]
    said = {
        "clocks": _packed(clocks) if clocks else None,
        "promised_from": promised,
        "response_due": open_response,
        "resolution_due": row["resolution_due"] if clocks.get("resolution", "stopped") != "stopped" else None,
    }
    state = {key: (row | said)[key] for key in _STATE}
    data = {key: value for key, value in state.items() if value is not None} | clocks
    event = {"case_ref": row["ref"], "at": row["updated_at"], "kind": "state-recorded", "actor": "desk"}
    return said, event | {"data": _packed(data)}


def _clock(kind, began, due, **more):
    said = {kind: due, f"{kind}_began": began, **{f"{kind}_{name}": at for name, at in more.items()}}
    return {key: datetime.fromisoformat(at).isoformat() for key, at in said.items() if at}


def _resolution(row):
    """The clock of a resolution, stopped where the case waits: what is left counts day and night.

    What is missed already counts as told: nobody hears of all old cases at once.
    """
    opened, updated, due = (
        datetime.fromisoformat(row[name]) for name in ("opened_at", "updated_at", "resolution_due")
    )
    if row["phase"] == "waiting" and due > updated:
        clock = _clock("resolution", row["opened_at"], row["resolution_due"], paused_at=row["updated_at"])
        minutes = min(max((due - opened) // timedelta(minutes=1), 1), 999_999)
        stopped = {"resolution": "stopped", "resolution_left": (due - updated).total_seconds()}
        return clock | stopped | {"resolution_span": f"{minutes}m day and night"}
    told = row["resolution_due"] if due <= datetime.now(UTC) else None
    return _clock("resolution", row["opened_at"], row["resolution_due"], told=told)


def _without_clocks(row):
    """The moments that the clocks of a case are."""
    clocks = json.loads(row["clocks"]) if row["clocks"] else {}
    said = {
        "response_due": _stored(clocks.get("first_response")),
        "resolution_due": _stored(clocks.get("resolution")) or _stood_until(clocks),
        "warn_at": _stored(clocks.get("first_response_warn")),
        "overdue_at": _stored(clocks.get("first_response_told")),
        "wait_until": _stored(clocks.get("wait")),
    }
    return said, None


def _stood_until(clocks):
    """The moment at which a resolution was due as its clock was stopped."""
    at, left = clocks.get("resolution_paused_at"), clocks.get("resolution_left")
    stood = at and left is not None
    return _stored((datetime.fromisoformat(at) + timedelta(seconds=left)).isoformat()) if stood else None


def _stored(moment):
    """A moment as a column keeps it: clocks say theirs with `+00:00`, and a stopped one says none."""
    if not moment or moment == "stopped":
        return None
    day_and_time = moment.removesuffix("Z").removesuffix("+00:00")
    return f"{day_and_time}{'' if '.' in day_and_time else '.000000'}Z"


def _packed(data):
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

"""Since when the customer of each case waits for an answer; what the desk's own people chose by mail."""

import itertools
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

MOMENT = sa.String(27)


def upgrade() -> None:
    oldest = "the customer's oldest mail without an answer"
    op.add_column("cases", sa.Column("asked_at", MOMENT, nullable=True, comment=oldest))
    before = "what it was before it changed"
    op.add_column("cases", sa.Column("last_asked_at", MOMENT, nullable=True, comment=before))
    op.create_table(
        "staff_choices",
        sa.Column("address", sa.Text(), primary_key=True, comment="of one of the desk's people, lower case"),
        sa.Column("away", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("away_until", sa.String(10), nullable=True, comment="the last day; none: until they say"),
        sa.Column("deputy", sa.Text(), nullable=False, server_default=sa.text("''"), comment="lower case"),
        sa.Column(
            "no_sheet", sa.Boolean(), nullable=False, server_default=sa.false(), comment="no morning sheet"
        ),
    )
    op.drop_index("ix_cases_requester", table_name="cases")
    op.create_index("ix_cases_requester", "cases", ["requester", "opened_at"])
    _fill()


def downgrade() -> None:
    op.drop_index("ix_cases_requester", table_name="cases")
    op.create_index("ix_cases_requester", "cases", ["requester"])
    op.drop_table("staff_choices")
    op.drop_column("cases", "last_asked_at")
    op.drop_column("cases", "asked_at")


_EVENTS = sa.text(
    "SELECT e.case_ref, e.at, e.kind, e.data, c.requester FROM events e JOIN cases c ON c.ref = e.case_ref"
    " WHERE e.kind IN ('opened', 'first-mail', 'state-recorded', 'replied', 'reopened', 'answered',"
    " 'waiting', 'wait-over', 'status-changed', 'resolved', 'closed', 'spam', 'merged-into', 'bounced',"
    " 'letter-failed', 'letter-dropped', 'letter-retried') ORDER BY e.case_ref, e.id"
)


def _fill():
    bind = op.get_bind()
    cases = sa.table("cases", *map(sa.column, ("ref", "asked_at", "last_asked_at")))
    values = {"asked_at": sa.bindparam("asked"), "last_asked_at": sa.bindparam("last")}
    one = sa.update(cases).where(cases.c.ref == sa.bindparam("b_ref")).values(values)
    rows = []
    for ref, events in itertools.groupby(bind.execute(_EVENTS).all(), key=lambda row: row[0]):
        asked, last = _turn(events)
        if asked or last:
            rows.append({"b_ref": ref, "asked": asked, "last": last})
    if rows:
        bind.execute(one, rows)


_LEADS = {"waiting": "waiting", "resolved": "resolved", "closed": "closed", "spam": "closed"}
_LEADS |= {"merged-into": "closed", "reopened": "open", "wait-over": "open"}
_FROM = {("waiting", "replied"): "open", ("new", "answered"): "open"}
_MOVES = {*_LEADS, "replied", "answered", "status-changed"}
_THEIRS = ("waiting", "resolved", "closed")
_ENDED = ("resolved", "closed")


def _turn(events):
    """Since when the customer waits after these events of a case, and what that was before."""
    phase, asked, last = "new", None, None
    for _, at, kind, packed, requester in events:
        data = json.loads(packed)
        if kind in ("opened", "state-recorded"):
            phase, asked, last = data.get("phase") or "new", _begun(kind, at, data), None
            continue
        after = (kind in _MOVES and data.get("phase")) or _LEADS.get(kind) or _FROM.get((phase, kind), phase)
        data["of_an_answer"] = data.get("letter") in ("answer", "need", "outcome") and (
            (data.get("to") or "").lower() == requester.lower()
        )
        now = _asked(phase, after, (kind, at, data), asked, last)
        if now != asked:
            asked, last = now, asked or last
        phase = after
    return asked, last


def _begun(kind, at, data):
    if (data.get("phase") or "new") in _THEIRS:
        return None
    if kind == "opened":
        return _stored(data.get("since")) or at
    begun = data.get("promised_from") or data.get("opened_at") or at
    return None if data.get("first_response_at") else _stored(begun)


def _asked(before, after, event, asked, last):
    kind, at, data = event
    since = asked or _stored(data.get("since")) or at
    if after in _ENDED:
        return None
    if kind in ("replied", "reopened") or (kind == "first-mail" and "since" in data):
        return since
    if kind == "waiting" or (after == "waiting" and before not in _THEIRS):
        return None
    if kind == "answered":
        return asked if data.get("too_little") else None
    if before in _THEIRS and after not in _THEIRS:
        return since
    if kind == "letter-retried" and data["of_an_answer"]:
        return None if asked == last else asked
    lost = data.get("letter") if kind == "bounced" else kind.startswith("letter-") and data["of_an_answer"]
    undone = lost and kind != "letter-retried" and not data.get("first_answer")
    return asked or last or at if undone else asked


def _stored(moment):
    """A moment of an event as columns keep it."""
    if not moment:
        return None
    at = datetime.fromisoformat(moment).astimezone(UTC)
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

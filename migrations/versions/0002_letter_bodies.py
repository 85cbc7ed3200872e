"""A letter's body is stored once for all who get it, and the limits count by indexes of their own."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27)

PAGE = 500
PAGE_BYTES = 16 * 2**20
BODY = b"\r\nContent-Type:"
"""Where the body of a letter begins, at the latest: what goes before it differs by recipient."""

LIMITED = {
    "ix_outbox_limited": ["created_at"],
    "ix_outbox_limited_address": [sa.text("lower(recipient)"), "created_at"],
    "ix_outbox_limited_case": ["case_ref", "created_at", "kind"],
    "ix_outbox_limited_domain": ["domain", "created_at", sa.text("lower(recipient)")],
}

OUTBOX = sa.table(
    "outbox",
    sa.column("id"),
    sa.column("message_id"),
    sa.column("content", sa.LargeBinary()),
    sa.column("head", sa.LargeBinary()),
    sa.column("body_id"),
)
BODIES = sa.table("letter_bodies", sa.column("id"), sa.column("size"), sa.column("content", sa.LargeBinary()))


def upgrade() -> None:
    op.create_table(
        "letter_bodies",
        sa.Column("id", ID, primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="as it goes over the wire, once for all who get it",
        ),
    )
    op.add_column(
        "outbox",
        sa.Column(
            "head", sa.LargeBinary(), nullable=True, comment="its own header lines; none: no longer kept"
        ),
    )
    _refer_to_bodies()
    _part_letters()
    op.drop_column("outbox", "content")
    op.create_index("ix_outbox_body", "outbox", ["body_id"], **_only("body_id IS NOT NULL"))
    _index_what_limits_count()
    op.create_index("ix_ledger_case", "ledger", ["case_ref"], **_only("case_ref IS NOT NULL"))
    folded = sa.text("lower(owner)")
    op.create_index("ix_cases_owner_folded", "cases", [folded], **_only("owner IS NOT NULL"))
    op.create_table(
        "budgets",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("since", MOMENT, nullable=False, comment="when its hour began"),
        sa.Column("spent", sa.BigInteger(), nullable=False, comment="bytes"),
    )


def downgrade() -> None:
    op.drop_table("budgets")
    op.drop_index("ix_ledger_case", "ledger")
    op.drop_index("ix_cases_owner_folded", "cases")
    for name in LIMITED:
        op.drop_index(name, "outbox")
    op.drop_index("ix_outbox_body", "outbox")
    op.add_column("outbox", sa.Column("content", sa.LargeBinary(), nullable=False, server_default=""))
    _join_letters()
    _drop_body_id()
    op.drop_column("outbox", "head")
    op.drop_table("letter_bodies")
    op.create_index(
        "ix_outbox_limited",
        "outbox",
        ["created_at", "recipient", "domain", "case_ref", "state"],
        **_only("limited IS 1", "limited IS true"),
    )


def _refer_to_bodies() -> None:
    comment = "none: no longer kept"
    if op.get_bind().dialect.name == "sqlite":  # its ALTER TABLE takes the reference with the column only
        op.execute("ALTER TABLE outbox ADD COLUMN body_id INTEGER REFERENCES letter_bodies (id)")
        return
    op.add_column("outbox", sa.Column("body_id", ID, nullable=True, comment=comment))
    op.create_foreign_key("outbox_body_id_fkey", "outbox", "letter_bodies", ["body_id"], ["id"])


def _part_letters() -> None:
    """Every letter keeps its bytes: as far as the body its own, and the body where its event has it.

    The old column is emptied at once, so that no page is written twice and the file hardly grows.
    """
    bind = op.get_bind()
    insert = sa.insert(BODIES)
    change = (
        sa.update(OUTBOX)
        .where(OUTBOX.c.id == sa.bindparam("letter"))
        .values(head=sa.bindparam("own"), body_id=sa.bindparam("body"), content=b"")
    )
    event, known, last = "", {}, 0
    for page in _pages():
        bodies, letters = [], []
        found = bind.execute(
            sa.select(OUTBOX.c.id, OUTBOX.c.message_id, OUTBOX.c.content)
            .where(OUTBOX.c.id.in_(page))
            .order_by(OUTBOX.c.message_id, OUTBOX.c.id)
        )
        for number, message_id, content in found.all():
            if message_id != event:
                event, known = message_id, {}
            content = bytes(content)
            head, body = _parted(content)
            if body not in known:
                last += 1
                known[body] = last
                bodies.append({"id": last, "size": len(body), "content": body})
            letters.append({"letter": number, "own": head, "body": known[body]})
        if bodies:
            bind.execute(insert, bodies)
        bind.execute(change, letters)
    if last and bind.dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('letter_bodies', 'id'), max(id)) FROM letter_bodies")


def _join_letters() -> None:
    body = sa.select(BODIES.c.content).where(BODIES.c.id == OUTBOX.c.body_id).scalar_subquery()
    whole = sa.cast(OUTBOX.c.head.concat(body), sa.LargeBinary())
    op.execute(sa.update(OUTBOX).where(OUTBOX.c.body_id.is_not(None)).values(content=whole))


def _pages() -> Iterator[list[int]]:
    """The letters' numbers, those of one event beside each other, as many as memory is fit for."""
    page: list[int] = []
    size = 0
    sizes = sa.select(OUTBOX.c.id, sa.func.length(OUTBOX.c.content))
    for number, length in op.get_bind().execute(sizes.order_by(OUTBOX.c.message_id, OUTBOX.c.id)).all():
        if page and (len(page) == PAGE or size + length > PAGE_BYTES):
            yield page
            page, size = [], 0
        page.append(number)
        size += length
    if page:
        yield page


def _parted(content: bytes) -> tuple[bytes, bytes]:
    """A letter as its own header lines and the rest; all of it the rest, where it is no letter of ours."""
    at = content.find(BODY) + len(b"\r\n")
    return (content[:at], content[at:]) if at >= len(b"\r\n") else (b"", content)


def _index_what_limits_count() -> None:
    op.drop_index("ix_outbox_limited", "outbox")
    counted = "limited IS {} AND (state NOT IN ('held', 'dropped'))"
    for name, columns in LIMITED.items():
        op.create_index(name, "outbox", columns, **_only(counted.format(1), counted.format("true")))


def _drop_body_id() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("outbox", "body_id")
        return
    with op.batch_alter_table("outbox") as batch:  # SQLite drops no column that refers to a table
        batch.drop_column("body_id")


def _only(sqlite: str, postgresql: str = "") -> dict[str, sa.TextClause]:
    """The option of an index that covers only these rows."""
    return {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(postgresql or sqlite)}

"""Moderation: what moderators did, owners of the service, what is known of a person on a site, and the queues"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _id(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=null)


def upgrade() -> None:
    op.add_column("people", _flag("owner"))
    for column in (_text("ban_reason"), _flag("shadowed"), _flag("trusted"), _text("note")):
        op.add_column("standings", column)
    # Owners were of one site; nobody becomes one of all sites by an update.
    op.execute("UPDATE standings SET role = 'moderator' WHERE role = 'owner'")
    for status in ("pending", "spam"):
        where = sa.text(f"status = '{status}'")
        op.create_index(
            f"ix_comments_{status}", "comments", ["site_id", "id"], sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_comments_page", "comments", ["site_id", "page_id", "id"])
    _add_tables()


def _add_tables() -> None:
    op.create_table(
        "actions",
        _id("site_id"),
        _id("id"),
        _id("batch_id"),
        _id("person_id", null=True),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        _id("target_id"),
        _text("reason"),
        _text("before", "{}"),
        _text("after", "{}"),
        _id("undoes", null=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_actions_site_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_actions_person_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("site_id", "id", name="pk_actions"),
    )
    op.create_index("ix_actions_target", "actions", ["site_id", "target", "target_id", "id"])
    op.create_index("ix_actions_batch", "actions", ["site_id", "batch_id"])
    op.create_index("ix_actions_undoes", "actions", ["site_id", "undoes"])
    op.create_index("ix_actions_person", "actions", ["person_id"])
    op.create_table(
        "owner_links",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_owner_links"),
    )


def downgrade() -> None:
    op.drop_table("owner_links")
    op.drop_table("actions")
    for name in ("ix_comments_page", "ix_comments_spam", "ix_comments_pending"):
        op.drop_index(name, "comments")
    with op.batch_alter_table("standings") as standings:
        for name in ("note", "trusted", "shadowed", "ban_reason"):
            standings.drop_column(name)
    with op.batch_alter_table("people") as people:
        people.drop_column("owner")

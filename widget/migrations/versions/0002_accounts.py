"""Accounts: pictures, several identities of a person, sessions that are listed, e-mail codes, a site's own accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _time(name: str, *, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=default, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("sites") as sites:
        sites.add_column(_flag("sso"))
        sites.add_column(_text("sso_url"))
        sites.add_column(sa.Column("sso_key", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("people") as people:
        people.add_column(_flag("renamed"))
        people.add_column(_text("look"))
        people.add_column(sa.Column("avatar", sa.String(length=32), server_default="", nullable=False))
        people.create_index("ix_people_look", ["look"])
        people.create_index("ix_people_email", ["email", "name", "id"])
    with op.batch_alter_table("identities") as identities:
        for name in ("name", "email", "avatar"):
            identities.add_column(_text(name))
        identities.add_column(_flag("email_verified"))
        identities.add_column(_time("used_at", default="0"))
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(_time("seen_at", default="0"))
        sessions.add_column(_time("proved_at", default="0"))
        sessions.add_column(_text("device"))
    op.execute("UPDATE sessions SET seen_at = created_at, proved_at = created_at")
    with op.batch_alter_table("attempts") as attempts:
        attempts.add_column(sa.Column("purpose", sa.String(length=7), server_default="comment", nullable=False))
        attempts.add_column(_text("server"))
        attempts.add_column(_text("answer"))
        attempts.alter_column("site_id", existing_type=sa.BigInteger(), nullable=True)
    _index_people()
    _add_tables()


def _index_people() -> None:
    """By person first: an account is of all sites."""
    op.drop_index("ix_comments_person", "comments")
    op.create_index("ix_comments_person", "comments", ["person_id", "site_id", "id"])
    op.drop_index("ix_likes_person_page", "likes")
    op.create_index("ix_likes_person", "likes", ["person_id", "site_id", "page_id"])
    op.create_index("ix_standings_person", "standings", ["person_id"])


def _add_tables() -> None:
    op.create_table(
        "avatars",
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("hash", name="pk_avatars"),
    )
    op.create_table(
        "email_codes",
        sa.Column("attempt_id", sa.String(length=16), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mails", sa.Integer(), server_default="1", nullable=False),
        _flag("undelivered"),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_email_codes_attempt_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_email_codes"),
        sa.UniqueConstraint("link_hash", name="uq_email_codes_link_hash"),
    )
    op.create_table(
        "sso_tokens",
        sa.Column("site_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        _time("expires_at"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_sso_tokens_site_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "token_hash", name="pk_sso_tokens"),
    )
    op.create_index("ix_sso_tokens_expires_at", "sso_tokens", ["expires_at"])
    op.create_table(
        "clients",
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("server", name="pk_clients"),
    )

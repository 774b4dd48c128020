"""editions of the flows, the directory of services, how and when to answer safely"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["published_by_id"], ["users.id"], name=op.f("fk_editions_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("number", name=op.f("uq_editions_number")),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("place_code", sa.String(length=24), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("hours", sa.String(length=80), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_services_place_code")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["users.id"], name=op.f("fk_services_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index(op.f("ix_services_kind_place_code"), "services", ["kind", "place_code"], unique=False)

    op.create_table(
        "edition_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_edition_changes_edition_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_edition_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_changes")),
    )
    op.add_column("cases", sa.Column("contact_by", sa.String(length=40), nullable=True))
    op.add_column("cases", sa.Column("safe_time", sa.String(length=40), nullable=True))
    op.add_column("cases", sa.Column("pin_hash", sa.String(length=64), nullable=True))
    op.add_column("cases", sa.Column("wrong_pins", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True))

    op.add_column("contacts", sa.Column("stop_answered_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("places", sa.Column("languages", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("places", "languages")

    op.drop_column("contacts", "stop_answered_at")

    op.drop_column("cases", "pin_locked_until")
    op.drop_column("cases", "wrong_pins")
    op.drop_column("cases", "pin_hash")
    op.drop_column("cases", "safe_time")
    op.drop_column("cases", "contact_by")

    op.drop_table("edition_changes")
    op.drop_index(op.f("ix_services_kind_place_code"), table_name="services")

    op.drop_table("services")
    op.drop_table("editions")

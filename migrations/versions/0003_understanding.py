"""Guesses, labels, models, lexicon editions, learnt languages, likenesses and alarms."""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("last_label_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("place_code", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_alarms_place_code")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["users.id"], name=op.f("fk_alarms_seen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("category", "place_code", "day", name=op.f("uq_alarms_category_place_code_day")),
    )
    op.create_index(op.f("ix_alarms_day"), "alarms", ["day"], unique=False)

    op.create_table(
        "learnt_languages",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("score", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_learnt_languages_user_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_learnt_languages")),
    )
    op.create_table(
        "lexicon_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lexicon_editions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_editions")),
    )
    op.create_index(op.f("ix_lexicon_editions_language_id"), "lexicon_editions", ["language", "id"], unique=False)

    op.create_table(
        "model_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_model_choices_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["model_versions.id"], name=op.f("fk_model_choices_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_choices")),
    )
    op.create_table(
        "fingerprints",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_fingerprints_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("category_code", sa.String(length=10), nullable=True),
        sa.Column("sensitive", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_labels_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_labels_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index(op.f("ix_labels_at"), "labels", ["at"], unique=False)
    op.create_index(op.f("ix_labels_case_id_id"), "labels", ["case_id", "id"], unique=False)

    op.create_table(
        "likenesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_likenesses_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_likenesses_other_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_likenesses_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likenesses")),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_likenesses_case_id_other_id")),
    )
    op.create_index(op.f("ix_likenesses_other_id"), "likenesses", ["other_id"], unique=False)

    op.create_table(
        "predictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(length=20), nullable=False),
        sa.Column("guess", sa.String(length=40), nullable=False),
        sa.Column("category_code", sa.String(length=10), nullable=True),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("second_code", sa.String(length=10), nullable=True),
        sa.Column("second_probability", sa.Double(), nullable=False),
        sa.Column("sensitive", sa.Double(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("language_probability", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_predictions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
    )
    op.create_index(op.f("ix_predictions_case_id_id"), "predictions", ["case_id", "id"], unique=False)

    op.add_column("cases", sa.Column("hold", sa.String(length=40), nullable=True))
    op.add_column("cases", sa.Column("noise", sa.String(length=40), nullable=True))
    op.add_column("cases", sa.Column("second_coding", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_cases_place_code_opened_at"), "cases", ["place_code", "opened_at"], unique=False)

    op.add_column("contacts", sa.Column("noise_answered_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("outbox", sa.Column("alarm_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "alarm_id")

    op.drop_column("contacts", "noise_answered_at")

    op.drop_index(op.f("ix_cases_place_code_opened_at"), table_name="cases")
    op.drop_column("cases", "second_coding")
    op.drop_column("cases", "noise")
    op.drop_column("cases", "hold")

    op.drop_index(op.f("ix_predictions_case_id_id"), table_name="predictions")

    op.drop_table("predictions")
    op.drop_index(op.f("ix_likenesses_other_id"), table_name="likenesses")

    op.drop_table("likenesses")
    op.drop_index(op.f("ix_labels_case_id_id"), table_name="labels")
    op.drop_index(op.f("ix_labels_at"), table_name="labels")

    op.drop_table("labels")
    op.drop_table("fingerprints")
    op.drop_table("model_choices")
    op.drop_index(op.f("ix_lexicon_editions_language_id"), table_name="lexicon_editions")

    op.drop_table("lexicon_editions")
    op.drop_table("learnt_languages")
    op.drop_index(op.f("ix_alarms_day"), table_name="alarms")

    op.drop_table("alarms")
    op.drop_table("model_versions")

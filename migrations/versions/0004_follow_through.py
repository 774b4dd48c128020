"""Clocks, referrals, notices, call-backs, issues, gaps and templates; absences and validity; concerns of cases."""

from typing import Any

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "days_off",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_days_off")),
    )
    op.create_table(
        "gap_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column(
            "service",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_rules")),
        sa.UniqueConstraint("category", name=op.f("uq_gap_rules_category")),
    )
    op.create_table(
        "reminder_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column(
            "recipient",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rules")),
    )
    op.create_table(
        "clock_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("priority", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=10), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_clock_policies_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_policies")),
    )
    op.create_table(
        "working_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("workdays", sa.String(length=7), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_working_hours_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    op.create_table(
        "answer_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("category", sa.String(length=10), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_answer_templates_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
    )
    op.create_index(
        op.f("ix_answer_templates_purpose_category"), "answer_templates", ["purpose", "category"], unique=False
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_code", sa.String(length=24), nullable=False),
        sa.Column(
            "service",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.Column("by_rule", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_gaps_agency_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_gaps_closed_by_id")),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_gaps_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
        sa.UniqueConstraint("open_key", name=op.f("uq_gaps_open_key")),
    )
    op.create_index(op.f("ix_gaps_place_code"), "gaps", ["place_code"], unique=False)
    op.create_index(op.f("ix_gaps_state"), "gaps", ["state"], unique=False)
    op.create_table(
        "issues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("category_code", sa.String(length=10), nullable=False),
        sa.Column("place_code", sa.String(length=24), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("gathers", sa.Boolean(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_issues_agency_id")),
        sa.ForeignKeyConstraint(["category_code"], ["categories.code"], name=op.f("fk_issues_category_code")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_issues_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_issues_owner_id")),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_issues_place_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
    )
    op.create_index(op.f("ix_issues_state_agency_id"), "issues", ["state", "agency_id"], unique=False)
    op.create_table(
        "entry_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=True),
        sa.Column("choices", sa.LargeBinary(), nullable=False),
        sa.Column("good", sa.LargeBinary(), nullable=False),
        sa.Column("left", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made", sa.Integer(), server_default="0", nullable=False),
        sa.Column("again", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_entry_imports_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_imports")),
    )
    op.create_index(op.f("ix_entry_imports_user_id_state"), "entry_imports", ["user_id", "state"], unique=False)
    op.create_table(
        "reserved_references",
        sa.Column("reference", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reserved_references_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_reserved_references")),
    )
    op.create_table(
        "gap_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_gap_changes_agency_id")),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_gap_changes_gap_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_gap_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_changes")),
    )
    op.create_index(op.f("ix_gap_changes_gap_id"), "gap_changes", ["gap_id"], unique=False)
    op.create_table(
        "issue_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("order_key", sa.String(length=64), nullable=False),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        sa.Column(
            "outcome",
            sa.String(length=40),
            nullable=True,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_answers_issue_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_issue_answers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_answers")),
        sa.UniqueConstraint("order_key", name=op.f("uq_issue_answers_order_key")),
    )
    op.create_index(op.f("ix_issue_answers_issue_id"), "issue_answers", ["issue_id"], unique=False)
    op.create_table(
        "issue_answer_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("given", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["issue_answers.id"], name=op.f("fk_issue_answer_cases_answer_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_issue_answer_cases_case_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_issue_answer_cases_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_answer_cases")),
        sa.UniqueConstraint("answer_id", "case_id", name=op.f("uq_issue_answer_cases_answer_id_case_id")),
    )
    op.create_index(
        op.f("ix_issue_answer_cases_answer_id_given"), "issue_answer_cases", ["answer_id", "given"], unique=False
    )
    op.create_index(op.f("ix_issue_answer_cases_case_id"), "issue_answer_cases", ["case_id"], unique=False)
    op.create_index(op.f("ix_issue_answer_cases_message_id"), "issue_answer_cases", ["message_id"], unique=False)
    op.create_table(
        "issue_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_changes_issue_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_issue_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_changes")),
    )
    op.create_index(op.f("ix_issue_changes_issue_id"), "issue_changes", ["issue_id"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.String(length=40),
            nullable=True,
        ),
        sa.Column("caller_id", sa.Integer(), nullable=True),
        sa.Column("calling_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["caller_id"], ["users.id"], name=op.f("fk_callbacks_caller_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_callbacks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(op.f("ix_callbacks_case_id"), "callbacks", ["case_id"], unique=False)
    op.create_index(op.f("ix_callbacks_ended_at_after"), "callbacks", ["ended_at", "after"], unique=False)
    op.create_table(
        "clocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "step",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("wound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_clocks_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clocks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("case_id", "step", "round", name=op.f("uq_clocks_case_id_step_round")),
    )
    op.create_index(op.f("ix_clocks_breached_at"), "clocks", ["breached_at"], unique=False)
    op.create_table(
        "concerns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("by_machine", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_concerns_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_concerns_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_concerns_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
        sa.UniqueConstraint("case_id", "agency_id", "user_id", name=op.f("uq_concerns_case_id_agency_id_user_id")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column(
            "step",
            sa.String(length=40),
            nullable=True,
        ),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_case_id"), "notices", ["case_id"], unique=False)
    op.create_index(op.f("ix_notices_sent_at_dropped_at_at"), "notices", ["sent_at", "dropped_at", "at"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_agency_id", sa.Integer(), nullable=True),
        sa.Column("from_user_id", sa.Integer(), nullable=True),
        sa.Column("to_agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "service",
            sa.String(length=40),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column(
            "rejection",
            sa.String(length=40),
            nullable=True,
        ),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id")),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agencies.id"], name=op.f("fk_referrals_from_agency_id")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_referrals_from_user_id")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agencies.id"], name=op.f("fk_referrals_to_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_case_id_id"), "referrals", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_referrals_to_agency_id_state"), "referrals", ["to_agency_id", "state"], unique=False)
    op.create_table(
        "route_lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("category_code", sa.String(length=10), nullable=False),
        sa.Column("place_code", sa.String(length=24), nullable=True),
        sa.Column("not_agency_id", sa.Integer(), nullable=False),
        sa.Column("but_agency_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["but_agency_id"], ["agencies.id"], name=op.f("fk_route_lessons_but_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_route_lessons_case_id")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["users.id"], name=op.f("fk_route_lessons_handled_by_id")),
        sa.ForeignKeyConstraint(["not_agency_id"], ["agencies.id"], name=op.f("fk_route_lessons_not_agency_id")),
        sa.ForeignKeyConstraint(["place_code"], ["places.code"], name=op.f("fk_route_lessons_place_code")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_route_lessons_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_lessons")),
    )
    op.create_index(op.f("ix_route_lessons_handled_at"), "route_lessons", ["handled_at"], unique=False)
    op.create_table(
        "call_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("callback_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.String(length=40),
            nullable=False,
        ),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"], name=op.f("fk_call_attempts_callback_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_call_attempts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempts")),
    )
    op.create_index(op.f("ix_call_attempts_callback_id"), "call_attempts", ["callback_id"], unique=False)
    op.create_table(
        "case_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name=op.f("fk_case_links_referral_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_links")),
    )
    op.create_index(op.f("ix_case_links_case_id"), "case_links", ["case_id"], unique=False)
    op.add_column("agencies", sa.Column("aliases", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("cases", sa.Column("consent_to_share", sa.Boolean(), nullable=True))
    op.add_column("cases", sa.Column("by_proxy", sa.Boolean(), server_default=sa.false(), nullable=False))
    _add_reference("cases", "entered_by_id", "users")
    op.add_column("cases", sa.Column("entry_key", sa.String(length=64), nullable=True))
    _add_reference("cases", "issue_id", "issues")
    _add_reference("cases", "duplicate_of_id", "cases", sa.Uuid())
    op.add_column(
        "cases",
        sa.Column(
            "next_step",
            sa.String(length=40),
            nullable=True,
        ),
    )
    op.add_column("cases", sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("follow_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "cases",
        sa.Column(
            "why_not",
            sa.String(length=40),
            nullable=True,
        ),
    )
    op.add_column("cases", sa.Column("asked_by_dial", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("reopening_declined_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("times_unhelped", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("above_agency", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_cases_entry_key"), "cases", ["entry_key"], unique=True)
    op.create_index(op.f("ix_cases_focal_point_id_state"), "cases", ["focal_point_id", "state"], unique=False)
    op.create_index(op.f("ix_cases_follow_at"), "cases", ["follow_at"], unique=False)
    op.create_index(op.f("ix_cases_issue_id"), "cases", ["issue_id"], unique=False)
    op.create_index(op.f("ix_cases_duplicate_of_id"), "cases", ["duplicate_of_id"], unique=False)
    op.drop_column("cases", "triage_due_at")
    op.drop_column("cases", "referral_due_at")
    op.drop_column("cases", "acceptance_due_at")
    op.add_column(
        "contacts",
        sa.Column("pace", sa.String(length=40), nullable=True),
    )
    _add_reference("messages", "instead_of_id", "messages")
    op.add_column("contacts", sa.Column("asked_reference", sa.String(length=10), nullable=True))
    op.add_column("outbox", sa.Column("user_id", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("issue_answer_id", sa.Integer(), nullable=True))
    op.add_column("routes", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("routes", sa.Column("valid_to", sa.Date(), nullable=True))
    _add_reference("routes", "confirmed_by_id", "users")
    op.add_column("users", sa.Column("phone_hash", sa.String(length=64), nullable=True))
    op.add_column("users", sa.Column("may_log_in", sa.Boolean(), server_default=sa.true(), nullable=False))
    _add_reference("users", "deputy_id", "users")
    op.add_column("users", sa.Column("absent_from", sa.Date(), nullable=True))
    op.add_column("users", sa.Column("absent_until", sa.Date(), nullable=True))
    op.add_column("users", sa.Column("workdays", sa.String(length=7), nullable=True))
    op.add_column("users", sa.Column("opens", sa.Integer(), nullable=True))
    op.add_column("users", sa.Column("closes", sa.Integer(), nullable=True))
    op.add_column("users", sa.Column("sms_pin_hash", sa.String(length=64), nullable=True))
    op.add_column("users", sa.Column("wrong_sms_pins", sa.Integer(), server_default="0", nullable=False))
    op.add_column("users", sa.Column("sms_locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("sms_waiting", sa.LargeBinary(), nullable=True))
    op.add_column("users", sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_users_phone_hash"), "users", ["phone_hash"], unique=True)
    # Every case that is open gets its clocks from the dispatcher, and every rule counts as confirmed today.
    op.execute("UPDATE cases SET follow_at = CURRENT_TIMESTAMP WHERE state != 'closed' OR reopening_asked_at IS NOT NULL")
    op.execute("UPDATE routes SET confirmed_at = CURRENT_TIMESTAMP WHERE confirmed_at IS NULL")


def downgrade() -> None:
    op.drop_index(op.f("ix_users_phone_hash"), table_name="users")
    op.drop_column("users", "digest_at")
    op.drop_column("users", "sms_waiting")
    op.drop_column("users", "sms_locked_until")
    op.drop_column("users", "wrong_sms_pins")
    op.drop_column("users", "sms_pin_hash")
    op.drop_column("users", "closes")
    op.drop_column("users", "opens")
    op.drop_column("users", "workdays")
    op.drop_column("users", "absent_until")
    op.drop_column("users", "absent_from")
    _drop_reference("users", "deputy_id")
    op.drop_column("users", "may_log_in")
    op.drop_column("users", "phone_hash")
    _drop_reference("routes", "confirmed_by_id")
    op.drop_column("routes", "valid_to")
    op.drop_column("routes", "valid_from")
    op.drop_column("outbox", "issue_answer_id")
    op.drop_column("outbox", "user_id")
    op.drop_column("contacts", "asked_reference")
    _drop_reference("messages", "instead_of_id")
    op.drop_column("contacts", "pace")
    op.add_column("cases", sa.Column("acceptance_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("referral_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("triage_due_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_cases_duplicate_of_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_issue_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_follow_at"), table_name="cases")
    op.drop_index(op.f("ix_cases_focal_point_id_state"), table_name="cases")
    op.drop_index(op.f("ix_cases_entry_key"), table_name="cases")
    op.drop_column("cases", "above_agency")
    op.drop_column("cases", "times_unhelped")
    op.drop_column("cases", "reopening_declined_at")
    op.drop_column("cases", "said_at")
    op.drop_column("cases", "asked_by_dial")
    op.drop_column("cases", "why_not")
    op.drop_column("cases", "waiting_since")
    op.drop_column("cases", "follow_at")
    op.drop_column("cases", "next_due_at")
    op.drop_column("cases", "next_step")
    _drop_reference("cases", "duplicate_of_id")
    _drop_reference("cases", "issue_id")
    op.drop_column("cases", "entry_key")
    _drop_reference("cases", "entered_by_id")
    op.drop_column("cases", "by_proxy")
    op.drop_column("cases", "consent_to_share")
    op.drop_column("agencies", "aliases")
    op.drop_index(op.f("ix_case_links_case_id"), table_name="case_links")
    op.drop_table("case_links")
    op.drop_index(op.f("ix_call_attempts_callback_id"), table_name="call_attempts")
    op.drop_table("call_attempts")
    op.drop_index(op.f("ix_route_lessons_handled_at"), table_name="route_lessons")
    op.drop_table("route_lessons")
    op.drop_index(op.f("ix_referrals_to_agency_id_state"), table_name="referrals")
    op.drop_index(op.f("ix_referrals_case_id_id"), table_name="referrals")
    op.drop_table("referrals")
    op.drop_index(op.f("ix_notices_sent_at_dropped_at_at"), table_name="notices")
    op.drop_index(op.f("ix_notices_case_id"), table_name="notices")
    op.drop_table("notices")
    op.drop_table("concerns")
    op.drop_index(op.f("ix_clocks_breached_at"), table_name="clocks")
    op.drop_table("clocks")
    op.drop_index(op.f("ix_callbacks_ended_at_after"), table_name="callbacks")
    op.drop_index(op.f("ix_callbacks_case_id"), table_name="callbacks")
    op.drop_table("callbacks")
    op.drop_index(op.f("ix_issue_changes_issue_id"), table_name="issue_changes")
    op.drop_table("issue_changes")
    op.drop_index(op.f("ix_issue_answer_cases_message_id"), table_name="issue_answer_cases")
    op.drop_index(op.f("ix_issue_answer_cases_case_id"), table_name="issue_answer_cases")
    op.drop_index(op.f("ix_issue_answer_cases_answer_id_given"), table_name="issue_answer_cases")
    op.drop_table("issue_answer_cases")
    op.drop_index(op.f("ix_issue_answers_issue_id"), table_name="issue_answers")
    op.drop_table("issue_answers")
    op.drop_index(op.f("ix_gap_changes_gap_id"), table_name="gap_changes")
    op.drop_table("gap_changes")
    op.drop_table("reserved_references")
    op.drop_index(op.f("ix_entry_imports_user_id_state"), table_name="entry_imports")
    op.drop_table("entry_imports")
    op.drop_index(op.f("ix_issues_state_agency_id"), table_name="issues")
    op.drop_table("issues")
    op.drop_index(op.f("ix_gaps_state"), table_name="gaps")
    op.drop_index(op.f("ix_gaps_place_code"), table_name="gaps")
    op.drop_table("gaps")
    op.drop_index(op.f("ix_answer_templates_purpose_category"), table_name="answer_templates")
    op.drop_table("answer_templates")
    op.drop_table("working_hours")
    op.drop_table("clock_policies")
    op.drop_table("reminder_rules")
    op.drop_table("gap_rules")
    op.drop_table("days_off")


def _add_reference(table: str, column: str, other: str, kind: sa.types.TypeEngine[Any] | None = None) -> None:
    """A column that points at another table: SQLite can add such a constraint only together with its column."""
    kind = kind or sa.Integer()
    if op.get_bind().dialect.name == "sqlite":
        said = kind.compile(op.get_bind().dialect)
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} {said} CONSTRAINT fk_{table}_{column} REFERENCES {other} (id)"
        )
        return
    op.add_column(table, sa.Column(column, kind, nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, other, [column], ["id"])


def _drop_reference(table: str, column: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
    op.drop_column(table, column)

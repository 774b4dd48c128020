"""The migrations run up, down and up again on both databases, and end where the models are."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from feedback_gateway.migrate import migrate, unmigrate
from models import Base
from tests.conftest import House


def test_down_leaves_nothing_and_up_again_makes_all_tables(house: House) -> None:
    unmigrate(house.engine)
    assert set(inspect(house.engine).get_table_names()) <= {"alembic_version"}
    migrate(house.engine)
    assert set(Base.metadata.tables) <= set(inspect(house.engine).get_table_names())


def test_migrating_twice_changes_nothing(house: House) -> None:
    migrate(house.engine)


def test_the_models_need_no_other_tables_or_columns(house: House) -> None:
    with house.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []

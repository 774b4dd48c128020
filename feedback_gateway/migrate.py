"""Brings the tables of a database up to date (Alembic, on whatever database the engine speaks to)."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def _config() -> Config:
    """An Alembic configuration without an ini file. The caller sets `attributes["connection"]`."""
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrades to `revision`."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def unmigrate(engine: Engine, revision: str = "base") -> None:
    """Downgrades to `revision`."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)

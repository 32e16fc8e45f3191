"""Runs migrations as the role that owns the tables, with the walls taken down and put up again."""

from alembic import context
from flask import current_app
from flask_appbuilder import Model
from sqlalchemy import Connection

from app import models  # noqa: F401  (fills the metadata)

IGNORED = ("alembic_version",)


def run(connection: Connection) -> None:
    """Run what was asked for, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with current_app.extensions["samvev_owner_engine"].begin() as opened:
        run(opened)

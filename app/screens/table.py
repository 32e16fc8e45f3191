"""Flask-AppBuilder's view of a table, without the filters it would make for each column."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface


class NoFilters:
    """Makes no filter: lists have filters of their own, in ``app.screens.listing``."""

    def __init__(self, datamodel: Any) -> None:
        self.datamodel = datamodel

    def convert(self, _column: str) -> None:
        """No filter for any column."""


class TableInterface(SQLAInterface):
    """The table behind a screen: its columns for Flask-AppBuilder's forms and schemas."""

    filter_converter_class = NoFilters

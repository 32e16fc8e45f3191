"""The register of municipalities over REST, to be read."""

import re
from typing import Any

from marshmallow import fields as shown

from app.api.scoped_api import READING, ScopedRestApi, Shown
from app.errors import NotFound
from app.models import Municipality
from app.municipalities import lists
from app.screens.table import TableInterface
from app.security.roles import Resource

NUMBER = re.compile("[0-9]{4}")


class MunicipalityShown(Shown):
    """A municipality of the national register."""

    number = shown.String(metadata={"pattern": "^[0-9]{4}$"})
    name = shown.String()
    official_names = shown.Dict(keys=shown.String(), values=shown.String())
    language_form = shown.String()
    county_number = shown.String()
    county_name = shown.String(attribute="county.name")
    valid_from = shown.Date()
    valid_to = shown.Date(allow_none=True)
    is_in_use = shown.Boolean()


class MunicipalityApi(ScopedRestApi):
    """Every municipality, in use or not."""

    resource = Resource.MUNICIPALITY
    resource_name = openapi_spec_tag = "municipality"
    datamodel = TableInterface(Municipality)
    include_route_methods = READING
    is_versioned = False
    key_schema = {"type": "string", "pattern": "^[0-9]{4}$"}
    filters = lists.FILTERS
    orders = lists.ORDERS
    list_model_schema = MunicipalityShown()
    show_model_schema = MunicipalityShown()

    def key_condition(self, pk: str) -> Any:
        """A municipality is named by its number."""
        if not NUMBER.fullmatch(pk):
            raise NotFound
        return Municipality.number == pk

    def public_key(self, row: Municipality) -> str:
        """The number."""
        return row.number

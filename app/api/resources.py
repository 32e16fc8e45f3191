"""Every resource of the REST side."""

from flask import current_app
from flask_appbuilder import AppBuilder
from werkzeug.routing import BaseConverter

from app.api.duplicates import DuplicateApi
from app.api.memberships import MembershipApi
from app.api.municipalities import MunicipalityApi
from app.api.openapi import OpenApi
from app.api.persons import PersonApi
from app.api.plans import ConsentApi, ParticipantApi, PlanApi, StandardRoleApi
from app.api.units import UnitApi

RESOURCES = (
    MunicipalityApi,
    UnitApi,
    PersonApi,
    MembershipApi,
    PlanApi,
    ParticipantApi,
    ConsentApi,
    StandardRoleApi,
    DuplicateApi,
    OpenApi,
)


class KeyConverter(BaseConverter):
    """The key of a row in an address, told apart from addresses such as ``_info`` and ``match``."""

    regex = "(?!match(?![^/]))[^/_][^/]*"


def register_apis(appbuilder: AppBuilder) -> None:
    """Register every resource under /api/v1/, and their description."""
    current_app.url_map.converters["key"] = KeyConverter
    for resource in RESOURCES:
        appbuilder.add_api(resource)

"""What is in use of a standard role or a template, and putting another version in its place."""

from typing import Any

from app.models import StandardRole
from app.set_up_tables import NationalPiece, Template
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent


def role_in_use(role: StandardRole) -> RoleContent:
    """What a standard role gives to those who get it now."""
    return RoleContent.model_validate(
        {
            "names": role.names,
            "kinds": role.kinds,
            "matrix": role.matrix,
            "capabilities": role.capabilities,
            "months": role.months,
        }
        | ({"given_by": role.given_by} if role.given_by else {})
    )


def put_role(role: StandardRole, content: RoleContent) -> None:
    """Let a standard role give what a version says. What participants have is not touched."""
    plain = as_json(content)
    role.names = content.names.by_language
    role.kinds, role.matrix = plain["kinds"], plain["matrix"]
    role.capabilities, role.given_by = plain["capabilities"], plain["given_by"]
    role.months = content.months


def put_names(head: Template | NationalPiece, content: RoleContent | TemplateContent) -> None:
    """Call a template, or something national, what its version calls it."""
    head.names = content.names.by_language


def as_json(content: RoleContent | TemplateContent) -> dict[str, Any]:
    """Content as the database and files keep it."""
    return content.model_dump(mode="json", exclude_defaults=False)

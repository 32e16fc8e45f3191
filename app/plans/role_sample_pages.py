"""A made-up plan as a standard role would see it, for those who set the role up.

They see no plan that is real, so what they are shown is what a template holds, with nothing in it.
"""

from flask import render_template, request
from flask_appbuilder import BaseView, expose

from app.models import StandardRole
from app.plans import access_words
from app.screens.words import words
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import role_matrix, role_samples, standard_roles
from app.templating.role_content import RoleContent
from app.templating.role_pages import Answer, find_role, name_of
from app.templating.template_pages import preview_form

DRAFT = "draft"


class RoleSampleView(BaseView):
    """What a standard role, or its draft, opens in a plan."""

    resource = Resource.STANDARD_ROLE
    menu_homes = ("StandardRoleView",)
    route_base = "/standard-role-sample"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.EDIT)
    def show(self, pk: str) -> Answer:
        """A plan of a kind that the role is for: what is shown, what is not, what may be done."""
        role, actor = find_role(pk, Action.EDIT), current_actor()
        used, draft = standard_roles.in_use(role), standard_roles.drafted(role)
        content, is_draft = _asked(role, used, draft)
        kind = next(
            (one for one in content.kinds if one == request.args.get("kind")), content.kinds[0]
        )
        template = role_samples.template_for(actor, kind)
        held = role_matrix.by_kind().get(kind, role_matrix.POSSIBLE)
        parts = role_samples.parts(content, held, template)
        seen = [one for one in parts if one.level.rank]
        return render_template(
            "templating/role_sample.html",
            role=role,
            name=name_of(role),
            content=content,
            is_draft=is_draft,
            has_both=used is not None and draft is not None,
            kinds=[(one, words(one)) for one in content.kinds],
            kind=kind,
            template=template,
            seen=[one for one in seen if one.section not in role_matrix.BY_TICK],
            unseen=[one.section for one in parts if not one.level.rank],
            reach=access_words.reach,
            form_of=preview_form,
        )


def _asked(
    role: StandardRole, used: RoleContent | None, draft: RoleContent | None
) -> tuple[RoleContent, bool]:
    """The draft where it is asked for, or there is nothing else; otherwise what is in use."""
    if used is None or (draft is not None and request.args.get("version") == DRAFT):
        return draft or standard_roles.latest(role), True
    return used, False

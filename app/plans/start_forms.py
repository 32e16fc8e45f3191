"""The steps of starting a plan, as forms."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice

from app.enums import AuthorityKind, PlanKind
from app.screens.fields import (
    NEEDED,
    ListedField,
    OneOfField,
    TextField,
    at_most,
    person_choice,
    unit_choice,
)
from app.templating.template_content import TemplateContent

LEVELS = [SelectChoice("", ""), *(SelectChoice(str(one), str(one)) for one in range(4))]


class KindForm(FlaskForm):
    """Which kind of plan; a relay log has a level."""

    kind = OneOfField(_l("Kind of plan"), PlanKind, validators=[NEEDED])
    level = ListedField(
        _l("Level of the relay log"),
        choices=LEVELS,
        description=_l("From 0 to 3, as the municipality uses the levels. Only for a relay log."),
    )


class TemplateForm(FlaskForm):
    """What the plan is made from. The page offers the templates."""

    template_id = RadioField(_l("What is the plan made from?"), [NEEDED], validate_choice=False)
    offers: Sequence[tuple[str, TemplateContent]] = ()

    def offer(self, found: Sequence[tuple[str, TemplateContent]]) -> None:
        """Put templates in the list."""
        self.offers = found
        named = [SelectChoice(one, content.names.here) for one, content in found]
        self.template_id.choices = named


class OwnerForm(FlaskForm):
    """Whom the plan is about."""

    owner_id = person_choice(_l("Whom is the plan about?"), validators=[NEEDED])


class AuthorityForm(FlaskForm):
    """Somebody who acts for the owner. Nothing is chosen beforehand, and nothing is inferred."""

    holder_id = person_choice(_l("Who acts for the owner?"), validators=[NEEDED])
    kind = OneOfField(_l("By what right?"), AuthorityKind, validators=[NEEDED])
    may_consent = BooleanField(_l("The right reaches as far as consenting to a plan"))
    ground = TextField(
        _l("How do you know?"),
        [NEEDED, at_most(500)],
        description=_l("For example: The National Population Register, seen 12.03.2026."),
    )
    confirmed = BooleanField(_l("I have checked that this is right"), [NEEDED])


class UnitForm(FlaskForm):
    """Where the plan belongs."""

    unit_id = unit_choice(
        _l("Unit that has the responsibility"),
        description=_l("Decides which local administrator has the plan in the overview."),
    )


STEPS: dict[str, Any] = {
    "kind": _l("Kind of plan"),
    "template": _l("Template"),
    "owner": _l("The owner"),
    "authorities": _l("Who acts for the owner"),
    "unit": _l("Unit"),
    "review": _l("Look over"),
}
"""What each step is called, in order."""

FORMS: dict[str, type[FlaskForm]] = {
    "kind": KindForm,
    "template": TemplateForm,
    "owner": OwnerForm,
    "authorities": AuthorityForm,
    "unit": UnitForm,
}

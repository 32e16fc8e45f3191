"""The form of a standard role; its matrix is drawn and read by ``role_matrix``."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectMultipleField
from wtforms.validators import NumberRange, Optional

from app.enums import Capability, Giver, PlanKind, Reach
from app.screens import forms
from app.screens.fields import NEEDED, TextField, at_most
from app.screens.words import options
from app.templating import role_words
from app.templating.role_changes import differences
from app.templating.role_content import LONGEST_MONTHS, Matrix, RoleContent
from app.templating.texts import LONGEST_NAME, Text


class RoleForm(FlaskForm):
    """What a standard role is called, for which plans it is, and what it lets one do besides."""

    name_nb = TextField(_l("Name in bokmål"), [NEEDED, at_most(LONGEST_NAME)])
    name_nn = TextField(_l("Name in nynorsk"), [NEEDED, at_most(LONGEST_NAME)])
    name_en = TextField(_l("Name in English"), [at_most(LONGEST_NAME)])
    kinds = SelectMultipleField(
        _l("Kinds of plans"),
        [NEEDED],
        choices=lambda: options(PlanKind),
        description=_l("The role is offered in plans of these kinds."),
    )
    capabilities = SelectMultipleField(
        _l("What it lets one do besides"),
        choices=lambda: options(Capability),
        description=_l(
            "What these open is consented to as everything else. Who proposes participants reads"
            " who takes part, and lets nobody in: the coordinator answers."
        ),
    )
    months = IntegerField(
        _l("Usual length, in months"),
        [Optional(), NumberRange(1, LONGEST_MONTHS, _l("Choose from 1 to 60 months."))],
        description=_l("Suggests the last day when a participant is added. Empty: no end."),
    )
    given_by = SelectMultipleField(_l("Who may give it"), [NEEDED], choices=lambda: options(Giver))

    def content(self, matrix: Matrix) -> RoleContent:
        """What the form says."""
        return RoleContent(
            names=Text(
                nb=self.name_nb.data or "", nn=self.name_nn.data or "", en=self.name_en.data or ""
            ),
            kinds=tuple(one for one in PlanKind if one in self.kinds.data),
            matrix=matrix,
            capabilities=tuple(one for one in Capability if one in self.capabilities.data),
            given_by=tuple(one for one in Giver if one in self.given_by.data),
            months=self.months.data,
        )


class ReachForm(FlaskForm):
    """Whom a version is for; nothing is chosen beforehand."""

    reach = RadioField(
        _l("Whom is it for?"),
        [NEEDED],
        choices=lambda: options(Reach),
        validate_choice=True,
    )


def filled(content: RoleContent) -> dict[str, Any]:
    """The fields of the form for what a version says."""
    return {
        "name_nb": content.names.nb,
        "name_nn": content.names.nn,
        "name_en": content.names.en,
        "kinds": [str(one) for one in content.kinds],
        "capabilities": [str(one) for one in content.capabilities],
        "given_by": [str(one) for one in content.given_by],
        "months": content.months,
    }


def saved_since(theirs: RoleContent, mine: RoleContent) -> list[forms.Difference]:
    """What somebody else has saved, beside what was chosen in the form."""
    return [
        forms.Difference(
            str(one.key or one.facet),
            role_words.label(one),
            role_words.old(one),
            role_words.new(one),
        )
        for one in differences(theirs, mine)
    ]

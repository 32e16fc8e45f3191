"""The form with which a local administrator closes a plan that nobody looks after."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.screens.fields import NEEDED, TextField, at_most


class TidyCloseForm(FlaskForm):
    """Why the plan is closed."""

    reason = TextField(
        _l("Why is the plan closed?"),
        [NEEDED, at_most(500)],
        description=_l("Everyone who reads the plan can read this."),
    )

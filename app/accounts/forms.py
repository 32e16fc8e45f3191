"""The forms of the pages about one's own account, and of the links that open one."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, ValidationError

from app.enums import Language
from app.screens.fields import (
    NEEDED,
    EmailField,
    ListedField,
    NorwegianDateField,
    OneOfField,
    PhoneField,
    PostcodeField,
    TextField,
    at_most,
)

PASSWORD_HELP = _l("At least 12 characters. A sentence of your own is good.")


class NewPasswordForm(FlaskForm):
    """A new password, written twice."""

    password = PasswordField(
        _l("New password"),
        [NEEDED],
        description=PASSWORD_HELP,
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The new password once more"), [NEEDED], render_kw={"autocomplete": "new-password"}
    )

    def validate_again(self, field: Any) -> None:
        """The two must be alike."""
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords are not alike."))


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one."""

    old_password = PasswordField(
        _l("Present password"), [NEEDED], render_kw={"autocomplete": "current-password"}
    )


class FirstAdministratorForm(NewPasswordForm):
    """The login of the first central administrator."""

    username = TextField(
        _l("User name"), [NEEDED, at_most(64)], render_kw={"autocomplete": "username"}
    )


class ContactForm(FlaskForm):
    """Own contact data."""

    email = EmailField(_l("E-mail"), [at_most(320)], render_kw={"autocomplete": "email"})
    phone = PhoneField(_l("Phone"), [at_most(30)], render_kw={"autocomplete": "tel"})
    address = TextField(_l("Address"), [at_most(200)], render_kw={"autocomplete": "street-address"})
    postcode = PostcodeField(_l("Postcode"), render_kw={"autocomplete": "postal-code"})
    contact_language = OneOfField(_l("Language for letters and messages"), Language)


class TokenForm(FlaskForm):
    """A new access key for another program."""

    token_name = TextField(
        _l("Name of the key"),
        [NEEDED, at_most(100)],
        description=_l("For example the name of the program that uses it."),
    )
    token_access = ListedField(
        _l("What it may do"),
        [NEEDED],
        choices=lambda: [("read", _("Read")), ("write", _("Read and write"))],
    )
    token_last_day = NorwegianDateField(
        _l("Last day"), [NEEDED], description=_l("At most one year from now.")
    )


class LinkCodeForm(FlaskForm):
    """The code with which the holder says yes to a municipality."""

    link_code = TextField(
        _l("Code"),
        description=_l(
            "Eight letters and digits, which the municipality gives you in person. You need no code"
            " to say no."
        ),
        render_kw={"autocomplete": "off"},
    )

    def of_request(self, pk: str, municipality: str) -> "LinkCodeForm":
        """This form, told from those of other requests on the page."""
        self.link_code.id = f"link_code-{pk}"
        self.link_code.label.text = _("Code from %(place)s", place=municipality)
        self.link_code.flags.required = True
        return self


class AppointForm(FlaskForm):
    """A new local administrator of a municipality."""

    given_name = TextField(_l("Given name"), [NEEDED, at_most(100)])
    family_name = TextField(_l("Family name"), [NEEDED, at_most(100)])
    username = TextField(_l("User name"), [NEEDED, at_most(64)])
    has_account = BooleanField(
        _l("The user name is of a login that is in use"),
        description=_l(
            "Then the holder is asked, and you get a code to hand over. The role begins when they"
            " accept."
        ),
    )

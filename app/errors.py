"""What can go wrong by rule. The texts may be shown to the user and hold no personal data."""

from typing import Any

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A rule of the field was broken; ``str`` of it may be shown to the user.

    ``field`` names the form field that the text belongs beside, or is None. ``is_refusal`` says
    that access was asked for and refused, which the log tells of.
    """

    status = 409
    is_refusal = False
    message = _l("This can't be done.")

    def __init__(self, message: object = None, *, field: str | None = None) -> None:
        super().__init__(message if message is not None else self.message)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])

    @property
    def fields(self) -> dict[str, list[str]]:
        """What is wrong, by the name of the field or parameter it belongs to."""
        return {self.field: [str(self)]} if self.field else {}

    @property
    def details(self) -> dict[str, Any]:
        """What programs are told besides."""
        return {}


class NotAllowed(DomainError):
    """The actor may not do this; the text is the same for every reason."""

    status = 403
    is_refusal = True
    message = _l("You don't have access to this.")


class NotFound(DomainError):
    """No such record for this actor: foreign, missing and hidden are told alike."""

    status = 404
    is_refusal = True
    message = _l("We can't find what you are looking for.")


class BadRequest(DomainError):
    """The request holds a parameter that the page does not know or can't read."""

    status = 400
    message = _l("The address of the page has something in it that we don't understand.")


class StaleVersion(DomainError):
    """Somebody else saved the record after it was opened here."""

    message = _l("Somebody else has saved this in the meantime.")


class OtherMunicipality(DomainError):
    """Another tab of the browser has chosen another municipality since the page was opened."""

    message = _l(
        "This page was opened in another municipality than the one you work in now, so nothing was"
        " saved. Choose that municipality again, go back to the page, and send it anew."
    )


class OutOfReach(DomainError):
    """A unit-limited actor would put the record where they don't see it."""

    status = 422
    message = _l("Choose a unit that you administer, otherwise you will not see this afterwards.")


class TenantViolation(RuntimeError):
    """Code tried to pass the wall between municipalities: a bug, never shown, always stopped."""

"""The consent text of a template, where it has one of its own."""

from datetime import datetime

from sqlalchemy import func, select

from app.db import db
from app.models import ConsentText, Municipality
from app.security.tenancy import here
from app.set_up_tables import TemplateVersion
from app.templating.contents import parsed


def ensure(version: TemplateVersion, *, at: datetime) -> None:
    """Let what is consented to in plans of this version be the template's own text, if it has one.

    It is made once for a version, and consents stay tied to the text that was read. The
    municipality's row is held meanwhile, so that two plans at once make one.
    """
    content = parsed(version)
    if not content.consent_text.nb or _is_made(version):
        return
    own = Municipality.id == version.municipality_id
    db.session.scalars(select(Municipality.id).where(own).with_for_update()).one()
    if _is_made(version):
        return
    numbers = select(func.max(ConsentText.number)).where(
        here(ConsentText), ConsentText.kind == content.kind
    )
    text = ConsentText(
        kind=content.kind,
        number=(db.session.scalar(numbers) or 0) + 1,
        texts=content.consent_text.by_language,
        template_version_id=version.id,
        published_at=at,
    )
    db.session.add(text)
    db.session.flush()


def _is_made(version: TemplateVersion) -> bool:
    found = select(ConsentText.id).where(ConsentText.template_version_id == version.id)
    return db.session.scalar(found) is not None

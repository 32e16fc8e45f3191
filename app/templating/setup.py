"""What a municipality begins with: kinds of plans, ages, consent texts, and its own copies of
national standard roles and templates."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import Language, PlanKind
from app.models import AgeRule, ConsentText, Municipality, PlanType
from app.security.plan_rights import USUAL_OWN_CONSENT_AGE
from app.security.tenancy import here
from app.set_up_tables import Template
from app.templating import local_copies, national_stock
from app.templating.shipped_types import CONSENT_TEXTS, TYPES
from app.templating.texts import literal

LONG_AGO = date(2020, 1, 1)


def ensure(session: Session, municipality_id: int, *, at: datetime) -> None:
    """Set up what is shipped and national, where it is not set up yet; in the caller's transaction
    and scope. What the municipality has changed stays as it is.

    The municipality's own row is held meanwhile, so that two at once set up one.
    """
    if _is_set_up(session):
        return
    held = select(Municipality.id).where(Municipality.id == municipality_id)
    session.scalars(held.with_for_update(key_share=True)).one()
    if _is_set_up(session):
        return
    if session.scalar(select(PlanType.id).where(here(PlanType)).limit(1)) is None:
        _add_types(session, at)
    national_stock.ensure(session, at=at)
    local_copies.top_up(session, at=at)


def _is_set_up(session: Session) -> bool:
    """Whether all is here: national templates are what came last, and none is ever taken away."""
    copied = select(Template.id).where(here(Template), Template.national_id.is_not(None))
    return session.scalar(copied.limit(1)) is not None


def _add_types(session: Session, at: datetime) -> None:
    for one in TYPES:
        session.add(
            PlanType(
                kind=one.kind,
                sections=[str(section) for section in one.sections],
                names=one.names,
                coordinator_names=one.coordinator_names,
                consent_months=12,
                is_offered=True,
            )
        )
        session.add(
            AgeRule(kind=one.kind, own_consent_age=USUAL_OWN_CONSENT_AGE, valid_from=LONG_AGO)
        )
        texts = CONSENT_TEXTS[one.kind]
        session.add(ConsentText(kind=one.kind, number=1, texts=texts, published_at=at))
    session.flush()


def plan_type(session: Session, kind: PlanKind) -> PlanType:
    """How the municipality of the scope has set up a kind of plan, after ``ensure``."""
    return session.scalars(select(PlanType).where(here(PlanType), PlanType.kind == kind)).one()


def consent_text(session: Session, kind: PlanKind) -> ConsentText:
    """The newest consent text for a kind of plan; what was consented to keeps its own, and so do
    templates that have one."""
    newest = select(ConsentText).where(
        here(ConsentText), ConsentText.kind == kind, ConsentText.template_version_id.is_(None)
    )
    return session.scalars(newest.order_by(ConsentText.number.desc()).limit(1)).one()


def age_rules(session: Session, kind: PlanKind) -> Sequence[AgeRule]:
    """The municipality's ages of own consent for a kind of plan, the oldest rule first."""
    found = select(AgeRule).where(here(AgeRule), AgeRule.kind == kind)
    return session.scalars(found.order_by(AgeRule.valid_from)).all()


def in_own_words(words: dict[str, str]) -> str:
    """What a municipality calls something, in the user's language; bokmål where it has no other."""
    locale = get_locale()
    language = locale.language if locale is not None else str(Language.NB)
    return literal(words.get(language) or words.get(str(Language.NB), ""))

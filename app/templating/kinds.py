"""Setting up a kind of plan: what it offers, the age of own consent, and the consent text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.clock import day_of
from app.db import db
from app.enums import Section
from app.errors import DomainError, StaleVersion
from app.models import AgeRule, ConsentText, Plan, PlanType
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import here
from app.templating.kind_forms import CHOSEN
from app.templating.setup import consent_text


class SectionNeeded(DomainError):
    """A plan has at least one part that is written in."""

    status = 422
    message = _l("Choose at least one part.")


class TooEarly(DomainError):
    """What was consented to until today is not changed backwards."""

    status = 422
    message = _l("Choose today or a later day.")


class SameText(DomainError):
    """A new version says something new."""

    status = 422
    message = _l("This is the text that is in use already.")


class NotInPlan(DomainError):
    """Nobody consents to a part that the plans don't have."""

    status = 422
    message = _l("Only parts that the plan has can have a consent of their own.")


@dataclass(frozen=True)
class KindFacts:
    """How a kind of plan is used."""

    is_offered: bool
    sections: Collection[str]
    own_consent: Collection[str]
    consent_months: int
    coordinator_names: Mapping[str, str]


def change(actor: Actor, kind: PlanType, facts: KindFacts, *, version: str) -> None:
    """Set a kind of plan up anew; what is written in a part that is left out is kept, unseen.

    Raises:
        StaleVersion: somebody else has saved it since.
        SectionNeeded
        NotInPlan
    """
    policy.require(actor, Action.EDIT, kind)
    if version != str(kind.version):
        raise StaleVersion
    if not facts.sections:
        raise SectionNeeded(field="sections")
    if not set(facts.own_consent) <= set(facts.sections):
        raise NotInPlan(field="own_consent")
    always = [str(one) for one in Section if one not in CHOSEN and str(one) in kind.sections]
    kind.sections = [str(one) for one in CHOSEN if str(one) in facts.sections] + always
    kind.own_consent = [str(one) for one in CHOSEN if str(one) in facts.own_consent]
    kind.is_offered = facts.is_offered
    kind.consent_months = facts.consent_months
    kind.coordinator_names = dict(facts.coordinator_names)


def plans_of(kind: PlanType) -> int:
    """How many plans a change of what the kind holds is seen in, closed ones too.

    Whoever sets up the kind does so for all of them, also outside their own unit.
    """
    counted = select(func.count()).select_from(Plan).where(here(Plan), Plan.kind == kind.kind)
    return db.session.scalar(counted) or 0


def set_age(actor: Actor, kind: PlanType, *, age: int, valid_from: date, at: datetime) -> AgeRule:
    """From which age owners alone consent, from a day on. Rules of the past stay as they were.

    Raises:
        TooEarly: the day has passed.
    """
    policy.require(actor, Action.EDIT, kind)
    if valid_from < day_of(at):
        raise TooEarly(field="valid_from")
    rule = db.session.scalar(
        select(AgeRule).where(
            here(AgeRule), AgeRule.kind == kind.kind, AgeRule.valid_from == valid_from
        )
    ) or AgeRule(kind=kind.kind, valid_from=valid_from)
    rule.own_consent_age = age
    db.session.add(rule)
    return rule


def publish_text(
    actor: Actor, kind: PlanType, texts: Mapping[str, str], *, at: datetime
) -> ConsentText:
    """A consent text for those who consent from now on.

    Raises:
        SameText: nothing is new in it.
    """
    policy.require(actor, Action.EDIT, kind)
    now = consent_text(db.session(), kind.kind)
    if dict(texts) == now.texts:
        raise SameText(field="nb")
    last = select(func.max(ConsentText.number)).where(
        here(ConsentText), ConsentText.kind == kind.kind
    )
    number = (db.session.scalar(last) or 0) + 1
    text = ConsentText(kind=kind.kind, number=number, texts=dict(texts), published_at=at)
    db.session.add(text)
    return text

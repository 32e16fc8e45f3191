"""The kinds of plans that a municipality begins with: sections, words, and what is consented to."""

from dataclasses import dataclass

from app.enums import PlanKind, Section
from app.templating.shipped.consents import TEXTS

WRITTEN = (
    Section.ABOUT_ME,
    Section.MAPPING,
    Section.GOALS,
    Section.ACTIVITIES,
    Section.COMMENTS,
    Section.SUB_PLANS,
    Section.DOCUMENTS,
    Section.MEETINGS,
)
STEERED = (Section.PARTICIPANTS, Section.CONSENTS, Section.EVENT_LOG, Section.ACCESS_LOG)
COORDINATOR = {"nb": "koordinator", "nn": "koordinator", "en": "coordinator"}
RELAY_HOLDER = {"nb": "stafettholder", "nn": "stafetthaldar", "en": "relay holder"}
CHILD_COORDINATOR = {
    "nb": "barnekoordinator",
    "nn": "barnekoordinator",
    "en": "child coordinator",
}


@dataclass(frozen=True)
class ShippedType:
    """A kind of plan as it is shipped."""

    kind: PlanKind
    names: dict[str, str]
    coordinator_names: dict[str, str]
    sections: tuple[Section, ...] = WRITTEN + STEERED


TYPES = (
    ShippedType(
        PlanKind.INDIVIDUAL_PLAN,
        {"nb": "Individuell plan", "nn": "Individuell plan", "en": "Individual plan"},
        COORDINATOR,
    ),
    ShippedType(
        PlanKind.EDUCATION_PLAN,
        {
            "nb": "Individuell opplæringsplan",
            "nn": "Individuell opplæringsplan",
            "en": "Individual education plan",
        },
        COORDINATOR,
    ),
    ShippedType(
        PlanKind.DEVELOPMENT_PLAN,
        {
            "nb": "Individuell utviklingsplan",
            "nn": "Individuell utviklingsplan",
            "en": "Individual development plan",
        },
        COORDINATOR,
    ),
    ShippedType(
        PlanKind.RELAY_LOG,
        {"nb": "Stafettlogg", "nn": "Stafettlogg", "en": "Relay log"},
        RELAY_HOLDER,
        tuple(one for one in WRITTEN if one is not Section.SUB_PLANS) + STEERED,
    ),
    ShippedType(
        PlanKind.FAMILY_PLAN,
        {"nb": "Familieplan", "nn": "Familieplan", "en": "Family plan"},
        CHILD_COORDINATOR,
    ),
)

CONSENT_TEXTS = {
    kind: {"nb": text.nb, "nn": text.nn, "en": text.en} for kind, text in TEXTS.items()
}
"""What is consented to in each kind of plan, by language."""

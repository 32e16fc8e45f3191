"""The kinds of plans that a municipality begins with: sections, words, and what is consented to.

Texts are ours, after what a consent must say (``domain.md`` 3.3): why, to what, which information,
shared with whom, that it is voluntary and can be withdrawn.
"""

from dataclasses import dataclass

from app.enums import PlanKind, Section

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
    "nb": (
        "Planen er et felles arbeidsrom for deg og dem som skal hjelpe deg. Den viser hva du vil"
        " oppnå, hvem som gjør hva, og når det skal gjøres.\n\n"
        "Det er frivillig å ha en plan. Du bestemmer hvem som får se hva i den, og hvor lenge. De"
        " som får se noe, har taushetsplikt om det.\n\n"
        "Sier du nei, får du de samme tjenestene som før. Planen gir heller ikke i seg selv rett"
        " til flere tjenester.\n\n"
        "Du kan når som helst trekke samtykket helt eller for én person. Da ser de ikke lenger det"
        " som står i planen. Kommunen må ta vare på det som er skrevet, fordi loven krever det."
    ),
    "nn": (
        "Planen er eit felles arbeidsrom for deg og dei som skal hjelpe deg. Han viser kva du vil"
        " oppnå, kven som gjer kva, og når det skal gjerast.\n\n"
        "Det er frivillig å ha ein plan. Du avgjer kven som får sjå kva i han, og kor lenge. Dei"
        " som får sjå noko, har teieplikt om det.\n\n"
        "Seier du nei, får du dei same tenestene som før. Planen gir heller ikkje i seg sjølv rett"
        " til fleire tenester.\n\n"
        "Du kan når som helst trekkje samtykket heilt eller for éin person. Då ser dei ikkje lenger"
        " det som står i planen. Kommunen må ta vare på det som er skrive, fordi lova krev det."
    ),
    "en": (
        "The plan is a shared workspace for you and those who are to help you. It shows what you"
        " want to reach, who does what, and when it is to be done.\n\n"
        "Having a plan is voluntary. You decide who sees what in it, and for how long. Those who"
        " are let in have a duty of confidentiality.\n\n"
        "If you say no, you get the same services as before. Nor does the plan in itself give a"
        " right to more services.\n\n"
        "You can withdraw your consent at any time, for all or for one person. They then no longer"
        " see what stands in the plan. The municipality must keep what is written, because the law"
        " says so."
    ),
}

"""The blank plan of each kind, for those who want freedom. The individual plan still asks for what
the law says that it must hold."""

from app.enums import PlanKind, Section
from app.templating.shipped.shared import COOPERATION
from app.templating.shipped.writing import long, section, template

NEEDS = section(
    Section.ABOUT_ME,
    "Mål, ressurser og behov|Mål, ressursar og behov|Goals, resources and needs",
    "Det loven sier at en individuell plan skal ha med fra den som eier den."
    "|Det lova seier at ein individuell plan skal ha med frå den som eig han."
    "|What the law says that an individual plan must hold from its owner.",
    long(
        "Mål, ressurser og behov|Mål, ressursar og behov|Goals, resources and needs",
        "Skriv fritt.|Skriv fritt.|Write freely.",
        points=(1,),
    ),
)

NAMES = {
    PlanKind.INDIVIDUAL_PLAN: "Tom individuell plan|Tom individuell plan|Blank individual plan",
    PlanKind.EDUCATION_PLAN: "Tom IOP|Tom IOP|Blank IOP",
    PlanKind.DEVELOPMENT_PLAN: "Tom IUP|Tom IUP|Blank IUP",
    PlanKind.RELAY_LOG: "Tom stafettlogg|Tom stafettlogg|Blank relay log",
    PlanKind.FAMILY_PLAN: "Tom familieplan|Tom familieplan|Blank family plan",
}

WITHOUT_FORMS = (
    "En tom plan, uten ferdige skjemaer.|Ein tom plan, utan ferdige skjema."
    "|A blank plan, without ready-made forms."
)
OF_THE_LAW = (
    "En tom plan. Den har bare de to skjemaene som trengs for å få med det loven krever."
    "|Ein tom plan. Han har berre dei to skjemaa som trengst for å få med det lova krev."
    "|A blank plan. It has only the two forms that are needed for what the law requires."
)

BLANK = tuple(
    template(
        kind,
        names,
        OF_THE_LAW if kind is PlanKind.INDIVIDUAL_PLAN else WITHOUT_FORMS,
        *((NEEDS, COOPERATION) if kind is PlanKind.INDIVIDUAL_PLAN else ()),
    )
    for kind, names in NAMES.items()
)

"""The standard roles that a municipality begins with, as sections and levels in letters.

Source: ``domain.md`` 3.2. The letters stand for none, read, comment and write, in the order of
``COLUMNS``; a municipality changes its own copies. Who writes in "their own area" is let into no
activities but their own. A stand-in gets what the one has whom they replace, and an observer what
is chosen for them, so those two open nothing by themselves.
"""

from dataclasses import dataclass

from app.enums import Capability, Level, PlanKind, Section
from app.templating.role_content import RoleContent
from app.templating.texts import Text, key_of

COLUMNS = (
    Section.ABOUT_ME,
    Section.MAPPING,
    Section.GOALS,
    Section.ACTIVITIES,
    Section.COMMENTS,
    Section.SUB_PLANS,
    Section.DOCUMENTS,
    Section.MEETINGS,
    Section.CALENDAR,
    Section.MESSAGES,
    Section.PARTICIPANTS,
)
LEVELS = {"-": Level.NONE, "r": Level.READ, "c": Level.COMMENT, "w": Level.WRITE}
EVERY_KIND = tuple(PlanKind)
NOTHING = "-" * len(COLUMNS)
OWN_AREA = (Capability.OWN_ACTIVITIES_ONLY,)


@dataclass(frozen=True)
class ShippedRole:
    """A standard role: its names, the levels in the order of ``COLUMNS``, and what more it says."""

    nb: str
    nn: str
    en: str
    letters: str
    capabilities: tuple[Capability, ...] = ()
    months: int = 12
    kinds: tuple[PlanKind, ...] = EVERY_KIND

    @property
    def key(self) -> str:
        """What tells it from the others, whatever it is called."""
        return key_of(self.nb)

    @property
    def content(self) -> RoleContent:
        """The role as its first version says it."""
        return RoleContent(
            names=Text(nb=self.nb, nn=self.nn, en=self.en),
            kinds=self.kinds,
            matrix={
                section: LEVELS[letter]
                for section, letter in zip(COLUMNS, self.letters, strict=True)
            },
            capabilities=self.capabilities,
            months=self.months,
        )


ROLES = (
    ShippedRole("Foresatt, lese", "Føresett, lese", "Guardian, reading", "rrrrcrrrrwr"),
    ShippedRole("Pårørende", "Pårørande", "Next of kin", "r-rrc--rrwr"),
    ShippedRole("Lærer", "Lærar", "Teacher", "rrwww-rrrwr"),
    ShippedRole(
        "Pedagog (IOP)",
        "Pedagog (IOP)",
        "Teacher (IOP)",
        "rwwwwwwrwwr",
        (Capability.PRINT_EXPORT,),
        kinds=(PlanKind.EDUCATION_PLAN, PlanKind.DEVELOPMENT_PLAN),
    ),
    ShippedRole("PP-rådgiver", "PP-rådgjevar", "Educational psychologist", "rwwwwrwrwwr"),
    ShippedRole(
        "Helsesykepleier", "Helsesjukepleiar", "Public health nurse", "rrwwwrwrwwr", OWN_AREA
    ),
    ShippedRole("Fastlege", "Fastlege", "GP", "rrwwwrwrrwr", OWN_AREA),
    ShippedRole(
        "Spesialisthelsetjenesten",
        "Spesialisthelsetenesta",
        "Specialist health service",
        "rrwwwrwrrwr",
        OWN_AREA,
    ),
    ShippedRole("Barnevern", "Barnevern", "Child welfare", "rrwwwrwrwwr", OWN_AREA),
    ShippedRole("NAV-veileder", "NAV-rettleiar", "NAV adviser", "r-wwwrwrwwr", OWN_AREA),
    ShippedRole("Hjemmetjeneste", "Heimeteneste", "Home care", "rrwwwrwrwwr", OWN_AREA),
    ShippedRole(
        "Fagperson, skrive", "Fagperson, skrive", "Professional, writing", "rwwwwwwrwwr", OWN_AREA
    ),
    ShippedRole("Fagperson, lese", "Fagperson, lese", "Professional, reading", "rrrrcrrrrwr"),
    ShippedRole(
        "Avlaster eller støttekontakt",
        "Avlastar eller støttekontakt",
        "Respite carer or support contact",
        "r-rrc---rwr",
        OWN_AREA,
    ),
    ShippedRole("Vikar", "Vikar", "Stand-in", NOTHING, months=1),
    ShippedRole(
        "Observatør eller student", "Observatør eller student", "Observer", NOTHING, months=3
    ),
)

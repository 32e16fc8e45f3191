"""The standard roles that a municipality begins with, as sections and levels in letters.

Source: ``domain.md`` 3.2. The letters stand for none, read, comment, write and manage, in the order
of ``COLUMNS``; a municipality changes its own copies.
"""

from dataclasses import dataclass

from app.enums import Level, PlanKind, Section
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


@dataclass(frozen=True)
class ShippedRole:
    """A standard role: its names, the levels in the order of ``COLUMNS``, and its usual length."""

    nb: str
    nn: str
    en: str
    letters: str
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
        kinds=(PlanKind.EDUCATION_PLAN, PlanKind.DEVELOPMENT_PLAN),
    ),
    ShippedRole("PP-rådgiver", "PP-rådgjevar", "Educational psychologist", "rwwwwrwrwwr"),
    ShippedRole("Helsesykepleier", "Helsesjukepleiar", "Public health nurse", "rrwwwrwrwwr"),
    ShippedRole("Fastlege", "Fastlege", "GP", "rrwwwrwrrwr"),
    ShippedRole(
        "Spesialisthelsetjenesten",
        "Spesialisthelsetenesta",
        "Specialist health service",
        "rrwwwrwrrwr",
    ),
    ShippedRole("Barnevern", "Barnevern", "Child welfare", "rrwwwrwrwwr"),
    ShippedRole("NAV-veileder", "NAV-rettleiar", "NAV adviser", "r-wwwrwrwwr"),
    ShippedRole("Hjemmetjeneste", "Heimeteneste", "Home care", "rrwwwrwrwwr"),
    ShippedRole("Fagperson, skrive", "Fagperson, skrive", "Professional, writing", "rwwwwwwrwwr"),
    ShippedRole("Fagperson, lese", "Fagperson, lese", "Professional, reading", "rrrrcrrrrwr"),
    ShippedRole(
        "Avlaster eller støttekontakt",
        "Avlastar eller støttekontakt",
        "Respite carer or support contact",
        "r-rrc---rwr",
    ),
    ShippedRole("Vikar", "Vikar", "Stand-in", "rrrrcrrrrwr", months=1),
    ShippedRole(
        "Observatør eller student", "Observatør eller student", "Observer", "r-r--------", 3
    ),
)

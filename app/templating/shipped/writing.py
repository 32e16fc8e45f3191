"""Short ways to write a shipped template: every text in bokmål, nynorsk and English, with ``|``
between. Keys are made of the bokmål, and so stay what they are while the texts do."""

from app.enums import FieldKind, PlanKind, Section
from app.templating.template_content import (
    Choice,
    Column,
    ReadyActivity,
    ReadyGoal,
    SuggestedParticipant,
    TemplateContent,
    TemplateField,
    TemplateSection,
)
from app.templating.texts import NO_TEXT, Text, key_of


def said(texts: str) -> Text:
    """``bokmål | nynorsk | English`` as a text; one alone is the same in all three."""
    if not texts:
        return NO_TEXT
    parts = [one.strip() for one in texts.split("|")]
    nb, nn, en = parts if len(parts) == 3 else parts * 3
    return Text(nb=nb, nn=nn, en=en)


def field(
    kind: FieldKind, names: str, helps: str, *, points: tuple[int, ...] = (), needed: bool = False
) -> TemplateField:
    """Something to fill in."""
    text = said(names)
    return TemplateField(
        key=key_of(text.nb),
        names=text,
        kind=kind,
        helps=said(helps),
        legal_points=points,
        is_required=needed,
    )


def short(names: str, helps: str) -> TemplateField:
    """A line of text."""
    return field(FieldKind.SHORT_TEXT, names, helps)


def long(
    names: str, helps: str, *, points: tuple[int, ...] = (), needed: bool = False
) -> TemplateField:
    """A text of several lines."""
    return field(FieldKind.LONG_TEXT, names, helps, points=points, needed=needed)


def day(names: str, helps: str) -> TemplateField:
    """A date."""
    return field(FieldKind.DATE, names, helps)


def number(names: str, helps: str) -> TemplateField:
    """A number."""
    return field(FieldKind.NUMBER, names, helps)


def person(names: str, helps: str) -> TemplateField:
    """Somebody who takes part in the plan."""
    return field(FieldKind.PERSON, names, helps)


def choice(names: str, helps: str, *answers: str) -> TemplateField:
    """One of several answers."""
    text, texts = said(names), [said(one) for one in answers]
    return TemplateField(
        key=key_of(text.nb),
        names=text,
        kind=FieldKind.CHOICE,
        helps=said(helps),
        choices=tuple(Choice(key=key_of(one.nb), names=one) for one in texts),
    )


def table(names: str, helps: str, *columns: str, points: tuple[int, ...] = ()) -> TemplateField:
    """Rows of several columns; a column that ends with ``(date)`` in English is one of dates."""
    text = said(names)
    return TemplateField(
        key=key_of(text.nb),
        names=text,
        kind=FieldKind.TABLE,
        helps=said(helps),
        columns=tuple(_column(one) for one in columns),
        legal_points=points,
    )


def _column(texts: str) -> Column:
    is_day = texts.endswith("(date)")
    text = said(texts.removesuffix("(date)"))
    return Column(key=key_of(text.nb), names=text, kind="date" if is_day else "short_text")


def section(part: Section, names: str, helps: str, *fields: TemplateField) -> TemplateSection:
    """A form in a part of the plan."""
    text = said(names)
    return TemplateSection(
        key=key_of(text.nb), names=text, part=part, helps=said(helps), fields=fields
    )


def goal(names: str, texts: str = "", *activities: ReadyActivity) -> ReadyGoal:
    """A goal that new plans begin with."""
    return ReadyGoal(names=said(names), texts=said(texts), activities=activities)


def activity(names: str, texts: str, scopes: str) -> ReadyActivity:
    """An activity that new plans begin with: what, how, and how much."""
    return ReadyActivity(names=said(names), texts=said(texts), scopes=said(scopes))


def who(functions: str, role: str) -> SuggestedParticipant:
    """Somebody who usually takes part, and the key of the standard role."""
    return SuggestedParticipant(functions=said(functions), role=role)


def template(
    kind: PlanKind,
    names: str,
    descriptions: str,
    *sections: TemplateSection,
    goals: tuple[ReadyGoal, ...] = (),
    participants: tuple[SuggestedParticipant, ...] = (),
    weeks: int = 26,
    agenda: str = "",
) -> TemplateContent:
    """A whole template, with the usual agenda of meetings unless it has another."""
    return TemplateContent(
        kind=kind,
        names=said(names),
        descriptions=said(descriptions),
        sections=sections,
        goals=goals,
        participants=participants,
        review_weeks=weeks,
        agenda=said(agenda or AGENDA),
    )


AGENDA = (
    "1. Siden sist\n2. Hva er viktig for deg som eier planen nå?\n3. Mål for mål: status og"
    " justering\n4. Nye tiltak: hvem gjør hva, og når?\n5. Samtykke og deltakere\n6. Neste møte"
    "|1. Sidan sist\n2. Kva er viktig for deg som eig planen no?\n3. Mål for mål: status og"
    " justering\n4. Nye tiltak: kven gjer kva, og når?\n5. Samtykke og deltakarar\n6. Neste møte"
    "|1. Since last time\n2. What matters to you who own the plan now?\n3. Goal by goal: status"
    " and changes\n4. New activities: who does what, and when?\n5. Consent and participants\n"
    "6. Next meeting"
)
"""The usual agenda (``domain.md`` 5.3)."""

"""The rules of access to plans, slow and obvious, from the design and the tables of the field.

Written without the code that they judge: rows are plain values in lists, every question looks
through all of them, and what each relation opens is written down once more.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace as Row
from zoneinfo import ZoneInfo

from app.security.roles import Action

SECTIONS = [
    "about_me",
    "mapping",
    "goals",
    "activities",
    "comments",
    "sub_plans",
    "documents",
    "meetings",
    "calendar",
    "messages",
    "participants",
    "consents",
    "print_export",
    "event_log",
    "access_log",
]
ORDER = "-rcwm"  # none, read, comment, write, manage
LETTER = {"none": "-", "read": "r", "comment": "c", "write": "w", "manage": "m"}
OPENS = {
    "coordinator": "wwmmwwwmmwmwrrr",
    "stand_in": "wwmmwwwmmwmwrrr",
    "owner": "wrwwwrwcwwrmrrr",
    "owner_under_age": "wrccwrrrrwrrrrr",
    "authority": "wrwwwrwcwwrmrrr",
    "authority_to_read": "rrrrcrrrrwr----",
    "emergency": "rrrrrrrrrrrrrrr",
    "local_administrator": "---------------",
}
"""Sections in the order of ``SECTIONS`` (domain.md 3.2)."""

ABOUT_SECTIONS = {"read": "r", "comment": "c", "write": "w", "manage": "m"}
SEES = "list show"
MAY = {
    "coordinator": f"{SEES} show_access see_as edit steer_access stop_access record_consent"
    " record_withdrawal reset_consent pause resume close hand_over move record_decision",
    "stand_in": f"{SEES} show_access see_as edit steer_access stop_access record_consent"
    " record_withdrawal reset_consent pause resume record_decision",
    "owner": f"{SEES} show_access see_as stop_access ask_change consent withdraw_consent",
    "owner_under_age": f"{SEES} show_access ask_change",
    "authority": f"{SEES} show_access see_as stop_access ask_change consent withdraw_consent",
    "authority_to_read": f"{SEES} show_access ask_change",
    "participant": SEES,
    "local_administrator": f"{SEES} export reopen hand_over open_in_emergency tidy",
    "emergency": SEES,
}
STATES = {
    "edit": "draft awaiting_consent active",
    "steer_access": "draft awaiting_consent active",
    "consent": "draft awaiting_consent active",
    "record_consent": "draft awaiting_consent active",
    "comment": "draft awaiting_consent active",
    "write": "draft awaiting_consent active",
    "manage": "draft awaiting_consent active",
    "reset_consent": "active paused",
    "pause": "active",
    "resume": "paused",
    "reopen": "closed",
    "close": "draft awaiting_consent active paused",
    "hand_over": "draft awaiting_consent active paused",
    "move": "awaiting_consent active paused",
    "record_decision": "draft awaiting_consent active paused",
    "ask_change": "draft awaiting_consent active paused",
}
"""When something can be done; what is not named here can be done in every state."""

LOOKS = ["list", "show", "choose", "export", "show_national_id", "read", "show_access", "see_as"]
"""All that a bearer token that only reads may do."""


@dataclass
class Facts:
    """All rows of both municipalities, by table, as plain values; enums as their words."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    registers: dict[tuple[str, str], dict[object, list[Row]]] = field(default_factory=dict)
    known: dict[tuple["Asker", str], list[tuple[str, str]]] = field(default_factory=dict)

    def of(self, table: str, **wanted: object) -> Iterator[Row]:
        """The rows of a table in which all of ``wanted`` is so."""
        first = next(iter(wanted))
        for row in self.register(table, first).get(wanted[first], ()):
            if all(getattr(row, name) == value for name, value in wanted.items()):
                yield row

    def register(self, table: str, column: str) -> dict[object, list[Row]]:
        """The rows of a table by the value of a column, put in order once."""
        if (table, column) not in self.registers:
            found = self.registers[table, column] = defaultdict(list)
            for row in self.tables.get(table, ()):
                found[getattr(row, column)].append(row)
        return self.registers[table, column]


@dataclass(frozen=True)
class Asker:
    """An account at work in a municipality at an instant."""

    account_id: int
    municipality_id: int
    at: datetime
    may_write: bool = True

    @property
    def today(self) -> date:
        """The day in Norway."""
        return self.at.astimezone(ZoneInfo("Europe/Oslo")).date()


def holds(row: Row, today: date) -> bool:
    """Whether something with a first day, an end and an early end is so on a day."""
    if row.ended_at is not None:
        return False
    return not (today < row.starts_on or (row.ends_on is not None and today >= row.ends_on))


def roles(facts: Facts, who: Asker) -> list[Row]:
    """The roles that an active account holds here today."""
    if not any(account.active for account in facts.of("ab_user", id=who.account_id)):
        return []
    held = facts.of("membership", account_id=who.account_id, municipality_id=who.municipality_id)
    return [one for one in held if holds(one, who.today)]


def age_of_own_consent(facts: Facts, plan: Row, today: date) -> int:
    """By the newest rule that has come into force; 16 where there is none."""
    rules = facts.of("age_rule", municipality_id=plan.municipality_id, kind=plan.kind)
    past = sorted((rule.valid_from, rule.own_consent_age) for rule in rules)
    in_force = [age for valid_from, age in past if valid_from <= today]
    return in_force[-1] if in_force else 16


def is_of_age(facts: Facts, plan: Row, today: date) -> bool | None:
    """Whether the owner consents alone; None while nobody knows when they were born."""
    (owner,) = facts.of("person", id=plan.owner_id)
    if owner.birth_date is None:
        return None
    born = owner.birth_date
    age = age_of_own_consent(facts, plan, today)
    try:
        birthday = born.replace(year=born.year + age)
    except ValueError:  # Born on 29 February, and this is no leap year.
        birthday = date(born.year + age, 3, 1)
    return today >= birthday


def reaches(facts: Facts, authority: Row, plan: Row, today: date) -> bool:
    """Whether somebody acts for the owner today; a parent until the owner consents alone."""
    if authority.owner_id != plan.owner_id or not holds(authority, today):
        return False
    is_parent = authority.kind == "parental_responsibility"
    return not is_parent or is_of_age(facts, plan, today) is False


def parents_who_consent(facts: Facts, plan: Row, today: date) -> list[Row]:
    """The parents whose agreement is needed: all of them."""
    return [
        one
        for one in facts.of("authority", owner_id=plan.owner_id, kind="parental_responsibility")
        if one.may_consent and reaches(facts, one, plan, today)
    ]


def counts(facts: Facts, consent: Row, plan: Row, today: date) -> bool:
    """Whether a consent holds today, and was given by somebody who still may give it."""
    if consent.withdrawn_at is not None or not consent.starts_on <= today < consent.ends_on:
        return False
    if consent.capacity == "owner":
        is_owner = consent.giver_id == plan.owner_id
        return is_owner and is_of_age(facts, plan, today) is True
    (by,) = facts.of("authority", id=consent.authority_id)
    if by.holder_id != consent.giver_id or not by.may_consent:
        return False
    as_parent = by.kind == "parental_responsibility"
    if as_parent != (consent.capacity == "guardian"):
        return False
    return reaches(facts, by, plan, today)


def agreed(facts: Facts, plan: Row, participant: Row, section: str, today: date) -> str:
    """How far everyone who has to has agreed that a participant sees a section."""
    given = [
        one
        for one in facts.of("consent", plan_id=plan.id, kind="information_is_shared")
        if counts(facts, one, plan, today)
    ]
    parents = parents_who_consent(facts, plan, today)
    if parents:
        each = [[one for one in given if one.authority_id == parent.id] for parent in parents]
    else:
        each = [[one for one in given if one.capacity in ("owner", "representative")]]
    return min((_furthest(facts, consents, participant, section) for consents in each), key=_rank)


def _furthest(facts: Facts, consents: list[Row], participant: Row, section: str) -> str:
    furthest = "-"
    for consent in consents:
        for cover in facts.of("consent_cover", consent_id=consent.id, section=section):
            is_them = cover.participant_id == participant.id
            is_service = cover.unit_id is not None and cover.unit_id == participant.unit_id
            if is_them or is_service:
                furthest = max(furthest, LETTER[cover.level], key=_rank)
    return furthest


def _rank(letter: str) -> int:
    return ORDER.index(letter)


def what_a_participant_sees(facts: Facts, plan: Row, participant: Row, today: date) -> str:
    """The levels by section: as granted, as far as it is agreed to, once the plan is shared."""
    levels = dict.fromkeys(SECTIONS, "-")
    if plan.state in ("draft", "awaiting_consent") or not holds(participant, today):
        return "".join(levels.values())
    for grant in facts.of("plan_grant", participant_id=participant.id):
        if holds(grant, today):
            reach = agreed(facts, plan, participant, grant.section, today)
            levels[grant.section] = min(LETTER[grant.level], reach, key=_rank)
    return "".join(levels.values())


def keeps_to_their_own(facts: Facts, plan: Row, me: str) -> bool:
    """Whether a person takes part with the last access to activities given for their own alone.

    Whoever has been given more, which nobody has taken away, is not held to it.
    """
    for one in facts.of("participant", plan_id=plan.id, person_id=me):
        given = [*facts.of("plan_grant", participant_id=one.id, section="activities")]
        if any(not grant.own_only and grant.ended_at is None for grant in given):
            continue
        if any(grant.own_only for grant in given):
            return True
    return False


def is_theirs(facts: Facts, entry: Row, me: str) -> bool:
    """Whether a person wrote something, or is named responsible for it."""
    named = [one.person_id for one in facts.of("participant", id=entry.responsible_id)]
    return me in (entry.author_id, *named)


def concerns_them(facts: Facts, entry: Row, me: str) -> bool:
    """Whether content is no activity, nor about one; or is, and the person's own."""
    above = facts.of("plan_entry", id=entry.parent_id)
    activities = [one for one in (entry, *above) if one.section == "activities"]
    return not activities or any(is_theirs(facts, one, me) for one in (entry, *activities))


def relations(facts: Facts, who: Asker, plan: Row) -> list[tuple[str, str]]:
    """What the asker is to the plan, and the levels by section that follow; found once."""
    if (who, plan.id) not in facts.known:
        facts.known[who, plan.id] = list(_relations(facts, who, plan))
    return facts.known[who, plan.id]


def _relations(facts: Facts, who: Asker, plan: Row) -> Iterator[tuple[str, str]]:
    held = roles(facts, who)
    if not held or plan.municipality_id != who.municipality_id:
        return
    me, today = held[0].person_id, who.today
    if any(one.role == "coordinator" for one in held):
        yield from _as_coordinator(facts, plan, me, today)
    if plan.owner_id == me:
        name = "owner" if is_of_age(facts, plan, today) else "owner_under_age"
        yield name, OPENS[name]
    yield from _by_authority(facts, plan, me, today)
    for one in facts.of("participant", plan_id=plan.id, person_id=me):
        levels = what_a_participant_sees(facts, plan, one, today)
        if levels.strip("-"):
            yield "participant", levels
    if any(_administers(facts, one, plan) for one in held):
        yield from _as_administrator(facts, plan, me, who.at)


def _as_coordinator(facts: Facts, plan: Row, me: str, today: date) -> Iterator[tuple[str, str]]:
    if plan.coordinator_id == me:
        yield "coordinator", OPENS["coordinator"]
    for one in facts.of("stand_in", plan_id=plan.id, person_id=me):
        if holds(one, today):
            yield "stand_in", OPENS["stand_in"]


def _by_authority(facts: Facts, plan: Row, me: str, today: date) -> Iterator[tuple[str, str]]:
    for one in facts.of("authority", owner_id=plan.owner_id, holder_id=me):
        if reaches(facts, one, plan, today):
            name = "authority" if one.may_consent else "authority_to_read"
            yield name, _without_withheld(facts, one, OPENS[name])


def _as_administrator(facts: Facts, plan: Row, me: str, at: datetime) -> Iterator[tuple[str, str]]:
    yield "local_administrator", OPENS["local_administrator"]
    for one in facts.of("emergency_access", plan_id=plan.id, person_id=me):
        if one.ended_at is None and one.starts_at <= at < one.ends_at:
            yield "emergency", OPENS["emergency"]


def _without_withheld(facts: Facts, authority: Row, levels: str) -> str:
    withheld = {
        row.section
        for row in facts.of("withheld_section", authority_id=authority.id)
        if row.lifted_at is None
    }
    pairs = zip(SECTIONS, levels, strict=True)
    return "".join("-" if section in withheld else letter for section, letter in pairs)


def _administers(facts: Facts, role: Row, plan: Row) -> bool:
    """Whether a role is a local administrator's, of the whole or of the plan's unit."""
    if role.role != "local_administrator":
        return False
    if role.unit_id is None:
        return True
    unit_id = plan.unit_id
    while unit_id is not None:
        if unit_id == role.unit_id:
            return True
        (unit,) = facts.of("unit", id=unit_id)
        unit_id = unit.parent_id
    return False


# --- questions -----------------------------------------------------------------------------------


def may(
    facts: Facts,
    who: Asker,
    action: Action,
    plan: Row,
    section: str | None = None,
    *,
    entry: Row | None = None,
) -> bool:
    """Whether the asker may do something with a plan, one of its sections, or what stands there."""
    if not who.may_write and action not in LOOKS:
        return False
    if plan.state not in STATES.get(action, plan.state).split():
        return False
    if action in ABOUT_SECTIONS:
        if section is None:
            return False
        place, needed = SECTIONS.index(section), _rank(ABOUT_SECTIONS[action])
        opened = [
            name for name, levels in relations(facts, who, plan) if _rank(levels[place]) >= needed
        ]
        return any(_opens(facts, who, name, plan, entry) for name in opened)
    return any(action in MAY[name].split() for name, _levels in relations(facts, who, plan))


def _opens(facts: Facts, who: Asker, relation: str, plan: Row, entry: Row | None) -> bool:
    """Whether what opens a section opens this piece of content in it, too."""
    if entry is None or relation != "participant":
        return True
    me = roles(facts, who)[0].person_id
    return not keeps_to_their_own(facts, plan, me) or concerns_them(facts, entry, me)


def may_entry(facts: Facts, who: Asker, action: Action, entry: Row) -> bool:
    """Content: read with the section, changed by who may write there, or by a comment's author.

    What lies in the bin is seen, and brought back, by who could have put it there.
    """
    if not who.may_write and action not in LOOKS:
        return False
    (plan,) = facts.of("plan", id=entry.plan_id)
    held = roles(facts, who)
    is_own = bool(held) and entry.author_id == held[0].person_id
    change = Action.COMMENT if is_own and entry.section == "comments" else Action.WRITE
    may_change = may(facts, _writing(who), change, plan, entry.section, entry=entry)
    is_binned = entry.deleted_at is not None
    if action in ("list", "show"):
        may_read = may(facts, who, Action.READ, plan, entry.section, entry=entry)
        return may_change if is_binned else may_read
    if action == "restore":
        return is_binned and may_change
    return action in ("edit", "move", "retire") and not is_binned and may_change


def _writing(who: Asker) -> Asker:
    """What lies in the bin is shown to a reading token of somebody who may write."""
    return Asker(who.account_id, who.municipality_id, who.at)


def may_participant(facts: Facts, who: Asker, action: Action, participant: Row) -> bool:
    """One's own participation is seen with the plan, the others' with their section."""
    (plan,) = facts.of("plan", id=participant.plan_id)
    if action in ("list", "show"):
        held = roles(facts, who)
        if (
            held
            and held[0].person_id == participant.person_id
            and may(facts, who, Action.SHOW, plan)
        ):
            return True
        return may(facts, who, Action.READ, plan, "participants")
    is_known = action in ("steer_access", "stop_access", "see_as", "export", "tidy")
    return is_known and may(facts, who, action, plan)


def may_consent_row(facts: Facts, who: Asker, action: Action, consent: Row) -> bool:
    """A consent is seen with its section, and withdrawn by who gave it, or as they told it."""
    (plan,) = facts.of("plan", id=consent.plan_id)
    if action in ("list", "show"):
        return may(facts, who, Action.READ, plan, "consents")
    if action == "record_withdrawal":
        return may(facts, who, action, plan)
    held = roles(facts, who)
    is_givers = bool(held) and held[0].person_id == consent.giver_id
    return action == "withdraw_consent" and is_givers and may(facts, who, action, plan)


def may_handover(facts: Facts, who: Asker, action: Action, handover: Row) -> bool:
    """An offer is answered by whom it was made to, seen by them and by who may make it."""
    if not who.may_write and action not in LOOKS:
        return False
    (plan,) = facts.of("plan", id=handover.plan_id)
    held = roles(facts, who)
    is_theirs = (
        bool(held)
        and handover.municipality_id == who.municipality_id
        and held[0].person_id == handover.to_id
        and any(one.role == "coordinator" for one in held)
    )
    is_open = handover.answered_at is None and plan.state in STATES["hand_over"].split()
    if action == "answer":
        return is_theirs and is_open
    if action in ("list", "show"):
        return is_theirs or may(facts, _writing(who), Action.HAND_OVER, plan)
    return False

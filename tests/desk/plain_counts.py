"""What the desk counts, said once more: each number as a question in SQL, written by hand.

By the meaning of the words on the card, not by the conditions of the lists. Asked by the owner of
the database, round every wall, about one municipality (``:town``) on a day (``:on``).
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.clock import OSLO, utc_now

# Whoever coordinates and can do it on a day: the role, a login that is open, in use as a person.
ABLE = """
    SELECT m.person_id FROM membership m
      JOIN ab_user u ON u.id = m.account_id
      JOIN person p ON p.id = m.person_id
     WHERE m.municipality_id = :town AND m.role = 'coordinator'
       AND m.ended_at IS NULL AND m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on > {day})
       AND u.active = {true} AND p.retired_at IS NULL
"""
IN_FORCE = """
    {0}.ended_at IS NULL AND {0}.starts_on <= :on AND ({0}.ends_on IS NULL OR {0}.ends_on > :on)
"""

# Plans with the age at which the owner alone consents, and whether that day has come (1, 0, NULL).
AGED = """
    SELECT plan.*, CASE
        WHEN person.birth_date IS NULL THEN NULL
        WHEN CAST(CAST(substr(CAST(person.birth_date AS text), 1, 4) AS integer) + COALESCE(
               (SELECT r.own_consent_age FROM age_rule r
                 WHERE r.municipality_id = :town AND r.kind = plan.kind AND r.valid_from <= :on
                 ORDER BY r.valid_from DESC LIMIT 1), 16) AS text)
             || substr(CAST(person.birth_date AS text), 5, 6) <= :on_text THEN 1
        ELSE 0 END AS of_age
      FROM plan JOIN person ON person.id = plan.owner_id
     WHERE plan.municipality_id = :town
"""
PARENT = f"""
    parent.owner_id = plan.owner_id AND parent.kind = 'parental_responsibility'
    AND parent.may_consent = {{true}} AND {IN_FORCE.format("parent")}
"""
HOLDS = """
    c.plan_id = plan.id AND c.kind = '{kind}' AND c.withdrawn_at IS NULL
    AND c.starts_on <= :on AND c.ends_on > :on
"""

# Everyone has agreed who has to: every parent of a child who has any; else the owner of age, or
# somebody who acts for the owner by mandate.
AGREED = f"""(
    CASE WHEN plan.of_age = 0 AND EXISTS (SELECT 1 FROM authority parent WHERE {PARENT})
    THEN NOT EXISTS (
        SELECT 1 FROM authority parent WHERE {PARENT} AND NOT EXISTS (
            SELECT 1 FROM consent c WHERE {HOLDS} AND c.capacity = 'guardian'
               AND c.authority_id = parent.id AND c.giver_id = parent.holder_id))
    ELSE EXISTS (
        SELECT 1 FROM consent c WHERE {HOLDS} AND (
            (c.capacity = 'owner' AND c.giver_id = plan.owner_id AND plan.of_age = 1)
            OR (c.capacity = 'representative' AND EXISTS (
                SELECT 1 FROM authority a
                 WHERE a.id = c.authority_id AND a.holder_id = c.giver_id
                   AND a.owner_id = plan.owner_id AND a.kind <> 'parental_responsibility'
                   AND a.may_consent = {{true}} AND {IN_FORCE.format("a")}))))
    END)
"""

# Somebody's newest consent of the kind ran out, and it is not agreed to by all who have to.
RAN_OUT = f"""(
    NOT {AGREED} AND EXISTS (
        SELECT 1 FROM consent old
         WHERE old.plan_id = plan.id AND old.kind = '{{kind}}'
           AND old.withdrawn_at IS NULL AND old.ends_on <= :on
           AND old.given_at = (
               SELECT max(newest.given_at) FROM consent newest
                WHERE newest.plan_id = plan.id AND newest.kind = '{{kind}}'
                  AND newest.giver_id = old.giver_id)))
"""
HAS_LOGIN = f"""
    SELECT 1 FROM membership m JOIN ab_user u ON u.id = m.account_id
     WHERE m.municipality_id = :town AND {IN_FORCE.format("m")} AND u.active = {{true}}
       AND m.person_id = {{who}}
"""
OWNERS_SIDE_HAS_LOGIN = f"""(
    EXISTS ({HAS_LOGIN.replace("{who}", "plan.owner_id")})
    OR EXISTS (
        SELECT 1 FROM authority a
         WHERE a.owner_id = plan.owner_id AND a.may_consent = {{true}} AND {IN_FORCE.format("a")}
           AND (a.kind <> 'parental_responsibility' OR plan.of_age = 0)
           AND EXISTS ({HAS_LOGIN.replace("{who}", "a.holder_id")})))
"""


def _plans(condition: str) -> str:
    return f"SELECT count(*) FROM ({AGED}) plan WHERE {condition} AND {{mine}}"


NOT_CLOSED = "plan.state NOT IN ('closed', 'archived')"
CARDS: dict[str, str] = {
    "consent_expired": _plans(
        f"{NOT_CLOSED} AND ({RAN_OUT.replace('{kind}', 'plan_is_made')}"
        f" OR {RAN_OUT.replace('{kind}', 'information_is_shared')})"
    ),
    "owner_without_access": _plans(f"plan.state = 'active' AND NOT {OWNERS_SIDE_HAS_LOGIN}"),
    "without_coordinator": _plans(
        f"{NOT_CLOSED} AND plan.coordinator_id NOT IN ({ABLE.replace('{day}', ':on')})"
    ),
    "coordinator_leaves": _plans(
        f"{NOT_CLOSED} AND plan.coordinator_id IN ({ABLE.replace('{day}', ':on')})"
        f" AND plan.coordinator_id NOT IN ({ABLE.replace('{day}', ':in_30_days')})"
    ),
    "evaluation_overdue": _plans("plan.state = 'active' AND plan.next_evaluation_on < :on"),
    "incoming": "SELECT count(*) FROM incoming_plan i"
    " WHERE i.municipality_id = :town AND i.ended_at IS NULL",
    "persons_twice": "SELECT count(*) FROM duplicate_pair d WHERE d.municipality_id = :town"
    " AND d.state = 'open' AND d.band <> 'possible'",
    "never_signed_in": "SELECT count(*) FROM membership m"
    " LEFT JOIN account_profile f ON f.account_id = m.account_id"
    " WHERE m.municipality_id = :town AND m.role = 'participant' AND f.last_login_at IS NULL"
    f" AND {IN_FORCE.format('m')}",
    "merges_wait": "SELECT count(*) FROM person_merge w"
    " WHERE w.municipality_id = :town AND w.state = 'waiting'",
    "link_requests": "SELECT count(*) FROM account_link_request r"
    " WHERE r.municipality_id = :town AND r.answered_at IS NULL",
    "without_course": "SELECT count(*) FROM person p WHERE p.municipality_id = :town AND EXISTS ("
    f" SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.role = 'coordinator'"
    f" AND {IN_FORCE.format('m')} AND m.starts_on <= :sixty_days_ago) AND NOT EXISTS ("
    " SELECT 1 FROM course_attendance c WHERE c.person_id = p.id AND c.ended_at IS NULL"
    " AND c.certified_on > :two_years_ago AND c.certified_on <= :on)",
    "routines_overdue": "SELECT count(*) FROM routine r"
    " WHERE r.municipality_id = :town AND r.retired_at IS NULL AND r.review_on < :on",
    "failed_jobs": "SELECT count(*) FROM job j WHERE j.municipality_id = :town"
    " AND j.state = 'failed' AND j.created_at >= :a_month_ago",
}
"""By the key of the card."""

OF_PLANS = frozenset(
    {
        "consent_expired",
        "owner_without_access",
        "without_coordinator",
        "coordinator_leaves",
        "evaluation_overdue",
    }
)
"""The cards whose number a local administrator of some units has for those units' plans."""


def figures() -> dict[tuple[str, tuple[tuple[str, str], ...]], str]:
    """The figures, by the page that they lead to and what it is asked for."""
    found = {}
    for state in ("draft", "awaiting_consent", "active", "paused", "closed", "archived"):
        found["PlanListView.list", (("state", state),)] = _plans(f"plan.state = '{state}'")
    for kind in (
        "individual_plan",
        "education_plan",
        "development_plan",
        "relay_log",
        "family_plan",
    ):
        asked = (("kind", kind), ("state", "open"))
        found["PlanListView.list", asked] = _plans(f"{NOT_CLOSED} AND plan.kind = '{kind}'")
    for role in ("coordinator", "participant"):
        found["MembershipView.list", (("role", role),)] = (
            "SELECT count(*) FROM membership m WHERE m.municipality_id = :town"
            f" AND m.role = '{role}' AND {IN_FORCE.format('m')}"
        )
    found["PersonView.list", ()] = (
        "SELECT count(*) FROM person p WHERE p.municipality_id = :town AND p.retired_at IS NULL"
    )
    found["DuplicateView.list", ()] = (
        "SELECT count(*) FROM duplicate_pair d WHERE d.municipality_id = :town AND d.state = 'open'"
    )
    return found


def count(app: Flask, question: str, town: int, on: date, unit_path: str | None) -> int:
    """The answer of the database's owner; of plans, those of a unit and all below it."""
    engine = app.extensions["samvev_owner_engine"]
    is_sqlite = engine.dialect.name == "sqlite"
    mine = "1 = 1"
    if unit_path is not None:
        mine = "plan.unit_id IN (SELECT unit.id FROM unit WHERE unit.path LIKE :below)"
    asked = question.replace("{mine}", mine).replace("{true}", "1" if is_sqlite else "true")
    values = {
        "town": town,
        "on": _day(on, is_sqlite),
        "on_text": on.isoformat(),
        "in_30_days": _day(on + timedelta(days=30), is_sqlite),
        "sixty_days_ago": _day(on - timedelta(days=60), is_sqlite),
        "two_years_ago": _day(two_years_before(on), is_sqlite),
        "a_month_ago": _instant(on - timedelta(days=30), is_sqlite),
        "below": f"{unit_path}%",
    }
    used = {name: value for name, value in values.items() if f":{name}" in asked}
    with engine.connect() as connection:
        return int(connection.execute(text(asked), used).scalar_one())


def two_years_before(on: date) -> date:
    """The newest day that is 24 months ago."""
    is_leap_day = (on.month, on.day) == (2, 29)
    return on.replace(year=on.year - 2, day=28 if is_leap_day else on.day)


def _day(day: date, is_sqlite: bool) -> Any:
    return day.isoformat() if is_sqlite else day


def _instant(day: date, is_sqlite: bool) -> Any:
    at = datetime.combine(day, time(), OSLO).astimezone(utc_now().tzinfo)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else at

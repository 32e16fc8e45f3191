"""Forms that are filled in, made to be read without the template that asked for them.

They go along when a plan moves to another municipality, which may not have the template: each value
takes its field with it. Where a template there asks for the same, values find their fields again.
"""

from typing import Any

from sqlalchemy import select

from app.db import db
from app.models import Participant, Plan, PlanEntry
from app.plans import plan_template
from app.plans.entry_facts import COORDINATOR, OWNER
from app.plans.filled import Earlier, Filled, arranged
from app.templating.setup import in_own_words, plan_type


def portable(entry: PlanEntry) -> dict[str, Any]:
    """The details of a form as they go along. Those in the plan who are named in it are named by
    what they do there, for who takes part does not go along."""
    key = entry.details["section"]
    now = plan_template.section_of_plan(entry.plan, key)
    then = plan_template.section_of_version(entry.details.get("version"), key)
    is_here = now is not None and now.part is entry.section
    about = arranged(now if is_here else None, then, entry.section, entry.details)
    functions = _functions(entry.plan, about)
    fields = {one.key: one for one in about.section.fields}
    whole = [Earlier(fields[key], value) for key, value in about.values.items()]
    return {
        "section": key,
        "names": about.section.names.by_language,
        "version": None,
        "values": {},
        "earlier": [
            Earlier(one.field, _unnamed(one.value, functions)).as_json
            for one in (*whole, *about.earlier)
        ],
    }


def _unnamed(value: Any, functions: dict[str, str]) -> Any:
    who = value.get("who") if isinstance(value, dict) else None
    return value if who in (None, OWNER) else {"name": functions.get(who, "–")}


def _functions(plan: Plan, about: Filled) -> dict[str, str]:
    """What those who are named do in the plan."""
    if not about.people:
        return {}
    found = select(Participant).where(Participant.plan_id == plan.id)
    functions = {one.id: one.function for one in db.session.scalars(found)}
    word = in_own_words(plan_type(db.session(), plan.kind).coordinator_names)
    return {COORDINATOR: word, **functions}

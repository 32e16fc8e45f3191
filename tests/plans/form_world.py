"""A template with two versions, and plans made from it, for tests of forms in plans."""

from typing import Any

from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.enums import PlanKind
from app.models import Plan
from app.set_up_tables import Template
from app.templating import heads, versions
from app.templating.template_content import TemplateContent

HOSTILE = "{{7*7}} <script>alert(1)</script> =1+1 \u202eabc"
EVIL = "=1+1 {{7*7}} <script>alert(1)</script> \u202eabc"
"""Begins as a formula does."""


def text(nb: str) -> dict[str, str]:
    """A text in bokmål."""
    return {"nb": nb}


def field(key: str, kind: str = "short_text", **more: Any) -> dict[str, Any]:
    """A field called by its key."""
    return {"key": key, "names": text(key.capitalize()), "kind": kind, **more}


def section(key: str, part: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A section called by its key."""
    return {"key": key, "names": text(key.capitalize()), "part": part, "fields": fields, **more}


def choices(*keys: str) -> list[dict[str, Any]]:
    """Answers called by their keys."""
    return [{"key": key, "names": text(key.capitalize())} for key in keys]


def columns(*keys: str) -> list[dict[str, Any]]:
    """Columns called by their keys."""
    return [{"key": key, "names": text(key.capitalize())} for key in keys]


FIRST = {
    "kind": "individual_plan",
    "names": text("Mal for prøve"),
    "descriptions": text("En mal til tester"),
    "sections": [
        section(
            "skole",
            "mapping",
            field("navn", is_required=True, names=text(HOSTILE)),
            field("fortell", "long_text"),
            field("trinn", "choice", choices=choices("lavt", "hoyt")),
            field("dato", "date"),
            field("timer", "number"),
            field("hvem", "person"),
            field("fag", "table", columns=columns("hva", "hvor")),
        ),
        section("fritid", "mapping", field("liker")),
        section("om", "about_me", field("hilsen")),
    ],
    "goals": [
        {
            "names": text("Ferdig mål"),
            "texts": text("Slik ser vi det"),
            "activities": [{"names": text("Ferdig tiltak"), "scopes": text("hver uke")}],
        }
    ],
    "agenda": text("Siden sist\nVeien videre"),
    "participants": [{"functions": text("Kontaktlærer"), "role": "laerer"}],
    "consent_text": text("Egen tekst for malen."),
    "review_weeks": 12,
}
SECOND = FIRST | {
    "sections": [
        section(
            "skole",
            "mapping",
            field("navn", is_required=True, names=text("Nytt navn")),
            field("trinn", "choice", choices=choices("midt", "hoyt")),
            field("timer", "long_text"),
            field("fag", "table", columns=columns("hva", "nytt")),
            field("ny"),
        ),
        section("om", "about_me", field("hilsen")),
    ],
}


def hostile_everywhere() -> dict[str, Any]:
    """A template in which every text is one that must be shown as it is written."""
    evil = text(EVIL)
    named = {"names": evil, "helps": evil}
    parts = [{"key": key, "names": text(f"{EVIL} {key}")} for key in ("en", "to")]
    return {
        "kind": "individual_plan",
        "descriptions": evil,
        "agenda": evil,
        "consent_text": evil,
        "sections": [
            section(
                "skole",
                "mapping",
                field("navn", **named),
                field("trinn", "choice", choices=parts, **named),
                field("fag", "table", columns=parts, **named),
                **named,
            )
        ],
        "goals": [
            {
                "names": evil,
                "texts": evil,
                "activities": [{"names": evil, "texts": evil, "scopes": evil}],
            }
        ],
        "participants": [{"functions": evil, "role": "laerer"}],
        "names": evil,
    }


def template(*contents: dict[str, Any], key: str = "prove") -> tuple[str, list[str]]:
    """The ids of a published template and its versions; inside a municipality's scope."""
    read = [TemplateContent.model_validate(one) for one in contents]
    head = Template(
        id=new_id(),
        kind=PlanKind(read[0].kind),
        key=key,
        names=read[0].names.by_language,
        position=0,
    )
    db.session.add(head)
    db.session.flush()
    made = [versions.add_published(head, heads.as_json(one), at=utc_now()) for one in read]
    db.session.flush()
    return head.id, [one.id for one in made]


def give(plan_id: str, version_id: str | None) -> None:
    """Let a plan have a version of a template."""
    db.session.get_one(Plan, plan_id).template_version_id = version_id

"""What somebody is registered for: the page that asked for the person, and takes them back.

The pages are of rooms above this one, so they are known by the names of their endpoints.
"""

from flask import current_app, request, url_for

from app.screens.listing import is_id

ADD_PARTICIPANT, ACT_FOR_OWNER, START = "ParticipantView.add", "AuthorityView.add", "StartView.step"
STEPS = ("owner", "authorities")


def asked_purpose() -> dict[str, str]:
    """What the address says that the person is registered for; nothing when it can't be read."""
    plan, step = request.args.get("plan", ""), request.args.get("start", "")
    if is_id(plan):
        acts = {"acts": "1"} if request.args.get("acts") else {}
        return {"plan": plan} | acts
    return {"start": step} if step in STEPS else {}


def way_back(person_id: str) -> str | None:
    """Where a person who was registered, or found, is used; None when it was for nothing."""
    purpose = asked_purpose()
    endpoint = _endpoint(purpose)
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, pk=purpose.get("plan"), step=purpose.get("start"), person=person_id)


def _endpoint(purpose: dict[str, str]) -> str:
    if "start" in purpose:
        return START
    if "plan" in purpose:
        return ACT_FOR_OWNER if "acts" in purpose else ADD_PARTICIPANT
    return ""

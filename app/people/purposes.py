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
    if "start" in purpose:
        return _address(START, step=purpose["start"], person=person_id)
    if "plan" in purpose:
        endpoint = ACT_FOR_OWNER if "acts" in purpose else ADD_PARTICIPANT
        return _address(endpoint, pk=purpose["plan"], person=person_id)
    return None


def _address(endpoint: str, **values: str) -> str | None:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None

"""The search page, and the same answer for the palette.

What is typed is sent in the body. The page of the hits then has it in its address, as the lists
have theirs, so that one can go back to it; a national id is turned away before that.
"""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import BadRequest
from app.screens.typed import LONGEST_TYPED, is_like_national_id, terms
from app.screens.words import say_count
from app.searching import places, records
from app.searching.found import Group, as_json
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import for_signed_in

KNOWN = {"q", "csrf_token"}


class SearchView(BaseView):
    """Everything the actor may see, searched at once."""

    route_base = "/search"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @for_signed_in
    def index(self) -> Response | tuple[str, int]:
        """The hits as a page."""
        text = what_was_typed()
        if is_like_national_id(text):
            return self._refuse()
        if request.method == "POST":
            return redirect(url_for("SearchView.index", q=text or None), 303)
        groups = search(text) if text else []
        summary = say(groups)
        return render_template(
            "searching/results.html", text=text, groups=groups, summary=summary
        ), 200

    @staticmethod
    def _refuse() -> tuple[str, int]:
        """The page without what was typed, and the way to where it may be typed."""
        may_find = bool(policy.may_open(current_actor(), Action.LIST, Resource.PERSON))
        page = render_template("searching/results.html", text="", refused=True, may_find=may_find)
        return page, 400

    @expose("/hits", methods=["POST"])
    @for_signed_in
    def hits(self) -> dict[str, Any]:
        """The hits for what is typed in the palette; without a word, where one can go."""
        text = what_was_typed()
        if is_like_national_id(text):
            return {"groups": [], "said": _("A national id is not searched for here.")}
        groups = search(text)
        return {"groups": [as_json(group) for group in groups], "said": say(groups)}


def what_was_typed() -> str:
    """What is to be searched for.

    Raises:
        BadRequest: it is too long, or more was asked.
    """
    text = request.values.get("q", "").strip()
    if set(request.values) - KNOWN or len(text) > LONGEST_TYPED:
        raise BadRequest
    return text


def say(groups: Sequence[Group]) -> str:
    """How many hits are shown, and whether there are more."""
    count = sum(len(group.hits) for group in groups)
    return say_count(count, is_whole=not any(group.lists for group in groups))


def search(text: str) -> list[Group]:
    """The groups with hits: records first, then pages and what can be done.

    Signs alone find nothing; no text at all gives every page.
    """
    actor, typed = current_actor(), terms(text)
    if text and not typed:
        return []
    found = [find(actor, typed) for find in records.FINDERS] if typed else []
    found += [places.pages(actor, typed), places.commands(actor, typed)]
    return [group for group in found if group.hits]

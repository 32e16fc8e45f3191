"""The pages of two logins of one human: the list, choosing which stays, and what to tell.

A login is named by one of its roles in the municipality: ids of accounts do not leave the server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField

from app.accounts import one_login
from app.accounts.one_login import Login
from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicates import account_pairs, kind_words, not_same
from app.duplicates.account_pairs import AccountPair
from app.duplicates.kind_pages import SHOWN, Answer, KindPage, person_pair_address, two_of
from app.duplicates.not_same import Key
from app.enums import DuplicateKind
from app.errors import BadRequest, DomainError, NotFound, StaleVersion
from app.models import Membership, Person
from app.screens import forms
from app.screens.fields import describe_person
from app.screens.listing import is_id
from app.screens.words import words
from app.security import policy, scope
from app.security.actor import Actor, current_actor
from app.security.roles import Action
from app.security.routes import door

FIRST, SECOND = "first", "second"
MEND = "duplicates/account_mend.html"


class KeepForm(FlaskForm):
    """Which of two logins stays."""

    keep = RadioField(_l("The login that stays"), choices=[FIRST, SECOND], validate_choice=False)


@dataclass(frozen=True)
class Choice:
    """What was chosen: the login that stays, the one whose roles end, and the roles given again."""

    kept: Login
    ended: Login
    again: tuple[Membership, ...]


class AccountTwiceView(KindPage):
    """Logins of one municipality that are likely one human's."""

    route_base = "/duplicates/accounts"
    what = DuplicateKind.ACCOUNT
    template = "duplicates/accounts.html"
    title = _l("One human with two logins")
    intro = _l(
        "Logins that are likely one human's. Choose which stays here; the roles of the other one in"
        " this municipality end. What it is used for in other municipalities is not touched."
    )

    def values(self, actor: Actor) -> Mapping[str, Any]:
        """Pairs of logins with their roles, and earlier answers."""
        found, on = account_pairs.found(actor, today()), today()
        pairs = [account_pairs.shown(actor, one, on) for one in found[:SHOWN]]
        rows = not_same.answers(actor, self.what)
        return {
            "pairs": [one for one in pairs if one is not None],
            "count": len(found),
            "why": kind_words.OF_ACCOUNTS,
            "persons": person_pair_address,
            "describe": describe_person,
            "username": lambda login: username(actor, login),
            "role_of": role_of,
            "answers": [(row, two_of(_names(actor, rows), row)) for row in rows],
        }

    def keys(self, actor: Actor) -> set[Key]:
        """Pairs of accounts."""
        return {one.key for one in account_pairs.found(actor, today())}

    def key_of(self, actor: Actor, first: str, second: str) -> Key:
        """The accounts that two roles are held with.

        Raises:
            NotFound: a role is not one that the actor sees.
        """
        wanted = scope.rows(actor, Membership).where(Membership.id.in_((first, second)))
        held = {row.id: row.account_id for row in db.session.scalars(wanted)}
        if held.keys() != {first, second}:
            raise NotFound
        return not_same.ordered(str(held[first]), str(held[second]))

    # --- which stays -----------------------------------------------------------------------------

    @expose("/mend", methods=["GET", "POST"])
    @door(Action.MERGE)
    def mend(self) -> Answer:
        """Choose which login stays, look over what that does, and do it."""
        actor, form = current_actor(), KeepForm()
        not_same.require_overview(actor, Action.MERGE)
        pair = self._pair(actor)
        if request.method != "POST" or "back" in request.form:
            return self._choose(pair, form)
        if form.keep.data not in (FIRST, SECOND):
            form.keep.errors = [_("Choose the login that stays.")]
            return self._choose(pair, form, status=422)
        if "confirmed" not in request.form:
            return self._look_over(actor, pair)
        try:
            with transaction():
                not_same.require_overview(actor, Action.MERGE)
                pair = self._pair(actor)
                if request.form.get("seen") != seen(pair):
                    raise StaleVersion
                choice = _chosen(pair)
                again = [one.id for one in choice.again]
                one_login.keep_one(actor, choice.kept, choice.ended, again=again, at=utc_now())
        except DomainError as error:
            forms.put_error(form, error)
            db.session.rollback()
            return self._choose(self._pair(actor), form, status=error.status)
        name = choice.kept.person.full_name
        text = _("One login of %(name)s stays. The roles of the other here have ended.", name=name)
        flash(text, "success")
        return redirect(url_for(f"{self.endpoint}.told", login=choice.kept.roles[0].id))

    @expose("/told", methods=["GET"])
    @door(Action.MERGE)
    def told(self) -> Answer:
        """What to tell the human, to be handed over."""
        actor, role_id = current_actor(), request.args.get("login", "")
        not_same.require_overview(actor, Action.MERGE)
        if not is_id(role_id):
            raise BadRequest
        role = db.session.scalar(scope.rows(actor, Membership).where(Membership.id == role_id))
        login = role and one_login.login_of(role.account_id, role.municipality_id, today())
        if login is None or one_login.kept_as_one(login.person.id, at=utc_now()) is None:
            raise NotFound
        return render_template(
            "duplicates/account_told.html", view=self, login=login, username=username(actor, login)
        )

    def _pair(self, actor: Actor) -> AccountPair:
        """The two logins that the request names.

        Raises:
            BadRequest: it names none.
            NotFound: they are not, or no longer, found as one human's.
        """
        first, second = (request.values.get(name, "") for name in (FIRST, SECOND))
        if not (is_id(first) and is_id(second)):
            raise BadRequest
        key, on = self.key_of(actor, first, second), today()
        found = next((one for one in account_pairs.found(actor, on) if one.key == key), None)
        pair = None if found is None else account_pairs.shown(actor, found, on)
        if pair is None:
            raise NotFound
        return pair

    def _choose(self, pair: AccountPair, form: KeepForm, *, status: int = 200) -> Answer:
        return self._page(MEND, pair, status=status, form=form)

    def _look_over(self, actor: Actor, pair: AccountPair) -> Answer:
        choice = _chosen(pair)
        return self._page(
            "duplicates/account_check.html",
            pair,
            choice=choice,
            seen=seen(pair),
            ends=[one for one in choice.ended.roles if one not in choice.again],
        )

    def _page(
        self, template: str, pair: AccountPair, *, status: int = 200, **values: Any
    ) -> tuple[str, int]:
        actor = current_actor()
        page = render_template(
            template,
            view=self,
            pair=pair,
            sides=list(zip((FIRST, SECOND), pair.logins, pair.logins[::-1], strict=True)),
            why=kind_words.OF_ACCOUNTS,
            persons=person_pair_address,
            username=lambda login: username(actor, login),
            may_give_again=lambda kept, role: one_login.may_give_again(actor, kept, role),
            role_of=role_of,
            **values,
        )
        return page, status


def username(actor: Actor, login: Login) -> str | None:
    """The user name, for those who would help the holder to sign in."""
    may_help = policy.decide(actor, Action.CREATE_ACCOUNT, login.person)
    is_theirs = all(policy.decide(actor, Action.END, role) for role in login.roles)
    return str(login.account.username) if may_help and is_theirs else None


def role_of(role: Membership) -> str:
    """A role, and the unit that it is limited to; no unit of a shielded person."""
    if role.unit is None or role.person.is_shielded:
        return str(words(role.role))
    return _("%(role)s in %(unit)s", role=words(role.role), unit=role.unit.name)


def seen(pair: AccountPair) -> str:
    """What was looked over, so that nothing else is done than was seen."""
    roles = [f"{one.id}:{one.version}" for login in pair.logins for one in login.roles]
    return sha256(" ".join(roles).encode()).hexdigest()


def _chosen(pair: AccountPair) -> Choice:
    """What a form chose; a role that the login that stays has, or that is not there, is passed
    over."""
    first, second = pair.logins
    kept, ended = (first, second) if request.form.get("keep") == FIRST else (second, first)
    ticked = set(request.form.getlist("again"))
    return Choice(kept, ended, tuple(one for one in kept.lacks(ended) if one.id in ticked))


def _names(actor: Actor, rows: Any) -> dict[str, str]:
    """As whom the accounts of answers are or were used here, by their ids as answers keep them."""
    ids = {int(one) for row in rows for one in (row.first_id, row.second_id)}
    held = (
        scope.rows(actor, Membership)
        .where(Membership.account_id.in_(ids))
        .join(Person, Person.id == Membership.person_id)
        .with_only_columns(Membership.account_id, Person.given_name, Person.family_name)
    )
    return {
        str(row.account_id): f"{row.given_name} {row.family_name}"
        for row in db.session.execute(held)
    }

"""A yes takes the code that was handed over in person, which whoever squats on an id never gets."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text

from app.accounts import link_codes, link_requests
from app.clock import utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import AccountLinkRequest, AuditEvent
from app.security.actor import acting_as
from tests.accounts.test_giving_roles import give
from tests.accounts.test_kept_forms import end_session
from tests.accounts.test_link_requests import (
    CODE,
    WRONG,
    ask,
    asked,
    say_yes,
)
from tests.accounts.test_own_page import SECRET, make_token
from tests.conftest import FORM_KEY

INVALID = "aria-invalid"
GUESSES = 7


@pytest.fixture
def request_of(other_town, enter, human):
    """A request that waits: its holder's client, its code, its id, the holder's user name."""
    username, there = human
    code = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    holder = enter(username, "en lang setning")
    return holder, code, asked(holder), username


def accept(actor, pk, code):
    """Say yes below the web; call within an application context."""
    with acting_as(db.session(), actor), transaction():
        return link_requests.accept(actor, pk, code, at=utc_now())


def row_of(town, pk):
    """The request as it is kept."""
    with town.app.app_context(), town.inside():
        return db.session.get_one(AccountLinkRequest, pk)


def test_whoever_wrote_anothers_national_id_on_a_login_of_their_own_cant_say_yes(
    other_town, request_of
):
    """Only the human gets the code; the login that squats on the number gets the request alone."""
    squatter, code, pk, username = request_of

    refused = [say_yes(squatter, guess, pk).status_code for guess in ("", WRONG, pk)]
    refused.append(squatter.send(f"/me/request/{pk}", {"answer": "yes"}).status_code)

    assert refused == [422] * 4
    assert other_town.roles_of(username) == []
    assert say_yes(squatter, code, pk).status_code == 302
    assert [role.role for role in other_town.roles_of(username)] == [Role.COORDINATOR]


def test_a_wrong_code_is_told_beside_its_field_and_can_be_put_right(request_of):
    holder, code, pk, _username = request_of
    assert INVALID not in holder.get("/me/").text

    page = say_yes(holder, WRONG, pk).text

    assert re.search(rf'id="link_code-{pk}"[^>]*aria-describedby="[^"]*-error"', page)
    assert INVALID in page
    assert f'href="#link_code-{pk}"' in page
    assert f'id="link_code-{pk}-error"' in page
    assert say_yes(holder, code, pk).status_code == 302


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(str.lower, id="in small letters"),
        pytest.param(link_codes.plain, id="without the hyphen"),
        pytest.param(" ".join, id="spread out"),
    ],
)
def test_a_code_fits_however_it_is_written(request_of, write):
    holder, code, pk, _username = request_of

    assert say_yes(holder, write(code), pk).status_code == 302


def test_after_five_wrong_codes_the_right_one_is_too_late_until_asked_anew(
    other_town, enter, request_of
):
    holder, code, pk, username = request_of

    answers = [say_yes(holder, WRONG, pk).status_code for _try in range(link_codes.TRIES)]
    late = say_yes(holder, code, pk)

    assert answers == [422, 422, 422, 422, 409]
    assert late.status_code == 409
    assert other_town.roles_of(username) == []
    page = holder.get("/me/").text
    assert f"link_code-{pk}" not in page
    assert f"/me/request/{pk}" in page  # It can be declined.
    there = row_of(other_town, pk).person_id
    anew = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    assert say_yes(holder, code, pk).status_code == 422
    assert say_yes(holder, anew, pk).status_code == 302


def test_a_void_request_can_be_declined(other_town, request_of):
    holder, _code, pk, _username = request_of
    for _try in range(link_codes.TRIES):
        say_yes(holder, WRONG, pk)

    assert holder.send(f"/me/request/{pk}", {"answer": "no"}).status_code == 302
    assert row_of(other_town, pk).accepted is False


def test_the_last_try_may_be_right(request_of):
    holder, code, pk, _username = request_of
    for _try in range(link_codes.TRIES - 1):
        say_yes(holder, WRONG, pk)

    assert say_yes(holder, code, pk).status_code == 302


def test_an_empty_field_is_no_try(other_town, request_of):
    holder, _code, pk, _username = request_of

    assert say_yes(holder, " - ", pk).status_code == 422
    assert row_of(other_town, pk).wrong_codes == 0
    say_yes(holder, WRONG, pk)
    assert row_of(other_town, pk).wrong_codes == 1


def test_a_request_from_before_codes_is_outdated_until_it_is_sent_anew(
    app, other_town, enter, request_of
):
    holder, code, pk, username = request_of
    with app.app_context(), other_town.inside(), transaction():
        db.session.get_one(AccountLinkRequest, pk).code_hash = None

    assert say_yes(holder, code, pk).status_code == 409
    assert say_yes(holder, "", pk).status_code == 409
    with app.app_context(), pytest.raises(link_requests.RequestOutdated):
        accept(other_town.actor(username), pk, code)
    there = row_of(other_town, pk).person_id
    anew = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    assert say_yes(holder, anew, pk).status_code == 302


def test_a_code_is_of_one_request_alone(app, request_of):
    _holder, code, pk, _username = request_of

    with app.app_context():
        kept = link_codes.code_hash(pk, code)
        assert link_codes.fits(kept, pk, code)
        assert not link_codes.fits(kept, pk.replace("0", "1"), code)


def test_codes_differ_and_hold_nothing_that_is_read_as_another():
    codes = {link_codes.new_code() for _draw in range(200)}

    assert len(codes) == 200
    assert len(set(link_codes.ALPHABET)) ** link_codes.LENGTH >= 2**40
    assert not set("".join(codes)) & set("01IO")


def test_the_code_is_shown_once(other_town, enter, human):
    username, there = human
    client = enter(other_town.admin)
    page = client.get("/role/add").text
    key = {"form_key": FORM_KEY.search(page).group(1)}

    first = give(client, other_town, Role.COORDINATOR, person=there, **key)
    code = CODE.search(first.text).group(1)
    again = give(client, other_town, Role.COORDINATOR, person=there, **key)

    assert again.status_code == 302
    holder = enter(username, "en lang setning")
    pages = [again.text, client.get("/role/list/").text, client.get("/audit-event/list/").text]
    pages += [client.get(f"/person/show/{there}").text, holder.get("/me/").text]
    assert not any(form in page for page in pages for form in (code, link_codes.plain(code)))
    assert say_yes(holder, code).status_code == 302


def test_neither_database_nor_log_holds_the_code_or_what_was_typed(
    app, other_town, enter, request_of, caplog, capfd
):
    holder, code, pk, _username = request_of
    typed = "WRNG-TYPD"
    say_yes(holder, typed, pk)
    for _try in range(link_codes.TRIES - 1):
        say_yes(holder, typed, pk)
    there = row_of(other_town, pk).person_id
    anew = ask(enter(other_town.admin), other_town, Role.COORDINATOR, there)
    say_yes(holder, anew, pk)

    with app.app_context(), other_town.inside():
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.object_id == pk).order_by(AuditEvent.id)
        ).all()
        kept = [
            str(db.session.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("submitted_form", "login_session")
        ]
        request = db.session.get_one(AccountLinkRequest, pk)
        kept += [str(vars(request)), *(str(vars(event)) for event in events)]
    told = [event.action.partition(":")[2] for event in events]
    kept += [caplog.text, *capfd.readouterr()]

    assert told.count("wrong_code") == 4
    assert [one for one in told if one != "wrong_code"] == [
        "added", "voided", "sent_again", "changed", "accepted",
    ]  # fmt: skip
    for secret in (code, anew, typed):
        for form in (secret, link_codes.plain(secret), secret.lower()):
            assert not any(form in where for where in kept)
    assert all(event.person_id is None for event in events if event.action.endswith("_code"))


def test_a_code_written_too_late_is_not_kept_with_the_form(app, request_of):
    holder, code, pk, _username = request_of
    token = holder.csrf()
    end_session(app, holder)
    form = {"csrf_token": token, "answer": "yes", "link_code": code}
    late = holder.post(f"/me/request/{pk}", data=form)
    sealed = re.search(r'name="kept" value="([^"]+)"', late.text)

    assert late.status_code == 401
    assert sealed is not None
    opened = app.extensions["samvev_keyring"].unseal(sealed.group(1).encode()).decode()
    assert "yes" in opened
    assert code not in opened


def test_many_who_guess_at_once_have_no_more_tries_between_them(town, other_town, request_of):
    _holder, _code, pk, username = request_of
    actor, start = town.actor(username), Barrier(GUESSES)

    def guess(_number):
        start.wait()
        try:
            with town.app.app_context():
                return type(accept(actor, pk, WRONG))
        except link_requests.RequestOutdated:
            return link_requests.RequestOutdated

    with ThreadPoolExecutor(GUESSES) as pool:
        answers = Counter(pool.map(guess, range(GUESSES)))

    assert answers == {
        link_requests.WrongCode: link_codes.TRIES - 1,
        link_requests.TooManyCodes: 1,
        link_requests.RequestOutdated: GUESSES - link_codes.TRIES,
    }
    assert row_of(other_town, pk).code_hash is None


def test_a_program_asks_nobody(app, other_town, enter, human):
    """Over REST a role goes to those alone who have a login here: there is no code to show."""
    username, there = human
    secret = SECRET.search(make_token(enter(other_town.admin)).text).group(0)
    headers = {"Authorization": f"Bearer {secret}"}
    sent = {"person_id": there, "role": "participant"}

    answer = app.test_client().post("/api/v1/membership/", json=sent, headers=headers)

    assert answer.status_code == 409
    assert "/me/request/" not in enter(username, "en lang setning").get("/me/").text

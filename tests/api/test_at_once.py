"""Two programs at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from tests.api.conftest import Program


def together(app, secret, ask):
    """The answers to the same request, sent by four programs at once."""
    programs = [Program(app.test_client(), secret) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(ask, programs))


def test_four_requests_under_one_key_make_one_row(app, program):
    body = {"given_name": "Kun", "family_name": "Samtidig"}

    answers = together(
        app, program.secret, lambda one: one.post("/person/", body, Idempotency_Key="all-at-once")
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1


def test_of_four_changes_from_one_version_one_is_saved_and_three_are_told(app, program):
    made = program.make_person()

    answers = together(
        app,
        program.secret,
        lambda one: one.put(f"/person/{made['id']}", {"version": 1, "phone": "91234567"}),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert program.get(f"/person/{made['id']}").json["result"]["version"] == 2

"""Production refuses to start with what would not protect people, and says what it is."""

import pytest

from app import create_app
from config import Mode, Settings, UnsafeSettings

SAFE = {
    "mode": Mode.PRODUCTION,
    "secret_key": "s" * 40,
    "encryption_key": "e" * 40,
    "trusted_hosts": ["samvev.example"],
    "database_url": "postgresql://panel@localhost/samvev",
    "database_owner_url": "postgresql://owner@localhost/samvev",
}


def test_safe_settings_are_taken():
    assert Settings(**SAFE).is_production


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": ""}, "SAMVEV_SECRET_KEY"),
        ({"secret_key": "short"}, "SAMVEV_SECRET_KEY"),
        ({"encryption_key": ""}, "SAMVEV_ENCRYPTION_KEY"),
        ({"encryption_key": "s" * 40}, "SAMVEV_ENCRYPTION_KEY"),
        ({"demo": True}, "SAMVEV_DEMO"),
        ({"trusted_hosts": []}, "SAMVEV_TRUSTED_HOSTS"),
        ({"trusted_hosts": ["*"]}, "SAMVEV_TRUSTED_HOSTS"),
        ({"database_url": ""}, "SAMVEV_DATABASE_URL"),
        ({"database_owner_url": ""}, "SAMVEV_DATABASE_OWNER_URL"),
        ({"database_owner_url": SAFE["database_url"]}, "SAMVEV_DATABASE_OWNER_URL"),
        ({"walls": frozenset({"policy"})}, "SAMVEV_WALLS"),
        ({"password_hash_method": "pbkdf2:sha1:1"}, "SAMVEV_PASSWORD_HASH_METHOD"),
    ],
)
def test_an_unsafe_setting_stops_the_start_by_name(change, named):
    with pytest.raises(UnsafeSettings, match=named):
        Settings(**(SAFE | change))


@pytest.mark.parametrize("setting", ["database_url", "database_owner_url", "linkage_url"])
def test_the_address_of_a_database_needs_no_driver(setting):
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        settings = Settings(**(SAFE | {setting: f"{scheme}://other@db.example/x"}))

        assert getattr(settings, setting) == "postgresql+psycopg://other@db.example/x"


def test_a_production_cookie_is_bound_to_the_host_and_to_tls(tmp_path):
    app = create_app(Settings(**SAFE, instance=tmp_path))

    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_HTTPONLY"]


def test_another_host_name_is_refused_without_a_crash(tmp_path):
    app = create_app(Settings(**SAFE, instance=tmp_path))

    answer = app.test_client().get("/login/", base_url="https://evil.example")

    assert answer.status_code == 400


def test_keys_outside_production_are_made_once_for_the_owner_alone(tmp_path):
    first = Settings(mode=Mode.TEST, instance=tmp_path / "new")
    second = Settings(mode=Mode.TEST, instance=tmp_path / "new")

    assert len(first.secret_key) >= 32
    assert first.secret_key == second.secret_key != first.encryption_key
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600

"""Settings from the environment. No secret has a default in production.

Every setting is read from ``SAMVEV_<NAME>``. Outside production, missing keys are made once and
kept in the data folder, readable by its owner only.
"""

import secrets
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
SHORTEST_KEY = 32


class Mode(StrEnum):
    """How the installation is used."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class UnsafeSettings(RuntimeError):
    """Production was asked for with settings that would not protect what is stored."""


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(env_prefix="SAMVEV_", extra="ignore")

    mode: Mode = Mode.DEVELOPMENT
    instance: Path = ROOT / "instance"
    database_url: str = ""
    database_owner_url: str = ""
    linkage_url: str = ""
    secret_key: str = ""
    secret_key_fallbacks: list[str] = Field(default_factory=list)
    encryption_key: str = ""
    metrics_token: str = ""
    demo: bool = False
    accessibility_contact: str = ""
    clamav_socket: Path | None = None
    trusted_hosts: list[str] = Field(default_factory=list)
    behind_proxy: bool = False
    session_idle_minutes: int = 30
    session_hours: int = 8
    password_hash_method: str = "scrypt:32768:8:3"
    walls: frozenset[str] = frozenset({"policy", "session", "database"})

    @field_validator("database_url", "database_owner_url", "linkage_url")
    @classmethod
    def _use_psycopg_3(cls, url: str) -> str:
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @model_validator(mode="after")
    def _fill_in_and_check(self) -> Self:
        if self.mode is Mode.PRODUCTION:
            self._refuse_unsafe()
        else:
            self.secret_key = self.secret_key or self._kept_key("secret_key")
            self.encryption_key = self.encryption_key or self._kept_key("encryption_key")
        if not self.database_url:
            self.database_url = f"sqlite:///{self.instance.resolve() / 'samvev.db'}"
        return self

    def _kept_key(self, name: str) -> str:
        """The key of this name in the data folder, made the first time."""
        path = self.instance / name
        if not path.exists():
            self.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600, exist_ok=True)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii").strip()

    def _refuse_unsafe(self) -> None:
        """Raise ``UnsafeSettings`` naming every setting that production can't start with."""
        unsafe = [
            reason
            for applies, reason in (
                (len(self.secret_key) < SHORTEST_KEY, "SAMVEV_SECRET_KEY: 32 characters or more"),
                (
                    len(self.encryption_key) < SHORTEST_KEY,
                    "SAMVEV_ENCRYPTION_KEY: 32 characters or more",
                ),
                (
                    self.encryption_key == self.secret_key,
                    "SAMVEV_ENCRYPTION_KEY: another one than SAMVEV_SECRET_KEY",
                ),
                (self.demo, "SAMVEV_DEMO: demonstration logins have a known password"),
                (not self.trusted_hosts, "SAMVEV_TRUSTED_HOSTS: the host names of the panel"),
                ("*" in self.trusted_hosts, "SAMVEV_TRUSTED_HOSTS: names, not *"),
                (not self.database_url, "SAMVEV_DATABASE_URL: where the data are"),
                (
                    self.is_postgresql and not self.database_owner_url,
                    "SAMVEV_DATABASE_OWNER_URL: the role that owns the tables, "
                    "another one than SAMVEV_DATABASE_URL's",
                ),
                (
                    bool(self.database_owner_url) and self.database_owner_url == self.database_url,
                    "SAMVEV_DATABASE_OWNER_URL: another role than SAMVEV_DATABASE_URL's",
                ),
                (len(self.walls) < 3, "SAMVEV_WALLS: all three walls stand in production"),
                (
                    not self.password_hash_method.startswith("scrypt:"),
                    "SAMVEV_PASSWORD_HASH_METHOD",
                ),
            )
            if applies
        ]
        if unsafe:
            raise UnsafeSettings("Unsafe settings for production:\n- " + "\n- ".join(unsafe))

    @property
    def is_postgresql(self) -> bool:
        """Whether the data are kept in PostgreSQL; otherwise in SQLite."""
        return self.database_url.startswith("postgresql")

    @property
    def is_production(self) -> bool:
        """Whether real people's data are kept here."""
        return self.mode is Mode.PRODUCTION

    @property
    def allows_synthetic_ids(self) -> bool:
        """Whether synthetic national ids (month + 80) may be registered."""
        return not self.is_production

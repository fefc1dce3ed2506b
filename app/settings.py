"""All settings, read from the environment (`JOBSEEKER_…`). What each is for stands in docs/settings.md. No logic beyond defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from jobseeker.usecases.create_account import ROLES

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "JOBSEEKER_"
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Settings(BaseSettings):
    """One field, one environment variable: `port` is JOBSEEKER_PORT."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    # where things are
    var_dir: Path = ROOT / "var"
    database_url: SecretStr = SecretStr("")
    database_pool_size: int = Field(default=10, ge=2, le=100)
    migrate_on_start: bool = True
    samples: bool = True
    country: str = Field(default="tw", pattern="^[a-z]{2}$")
    content_dir: Path = ROOT
    web_dist: Path = ROOT / "web" / "dist"

    # addresses
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    rasa_port: int = Field(default=5005, ge=1, le=65_535)
    actions_port: int = Field(default=5055, ge=1, le=65_535)
    rasa_url: str = ""
    actions_url: str = ""
    tracker_url: SecretStr = SecretStr("")
    trace_url: str = Field(default="", pattern=r"^(https?://[^/?#\s]+(/[^?#\s]*)?)?$")
    trace_share: float = Field(default=1.0, ge=0, le=1)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65_535)
    internal_token: SecretStr = SecretStr("")
    public_url: str = ""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trust_proxy: bool = False

    # answering
    workers: int = Field(default=8, ge=1, le=256)
    poll_seconds: Seconds = 0.5
    alert_poll_seconds: Seconds = 30.0
    deadline_poll_seconds: Seconds = 2.0
    rasa_timeout_seconds: Seconds = 15.0
    lease_seconds: Seconds = 45.0
    answer_attempts: int = Field(default=11, ge=1, le=1_000)
    answer_protocol_attempts: int = Field(default=3, ge=1, le=1_000)
    retry_first_seconds: Seconds = 0.5
    retry_longest_seconds: Seconds = 15.0

    # limits
    body_limit_bytes: int = Field(default=65_536, ge=20_000, le=10_000_000)
    message_burst: int = Field(default=20, ge=1)
    messages_per_second: float = Field(default=1.0, gt=0)
    conversation_burst: int = Field(default=120, ge=1)
    conversations_per_second: float = Field(default=2.0, gt=0)
    keep_alive_seconds: Seconds = 15.0
    idle_seconds: Seconds = 75.0
    shutdown_seconds: Seconds = 8.0

    # staff
    session_hours: float = Field(default=12.0, gt=0, le=168)
    second_factor_roles: Annotated[tuple[str, ...], NoDecode] = ()
    second_factor_name: str = Field(default="Jobseeker desk", pattern=r"^[^:]{1,64}$")
    encryption_keys: SecretStr = SecretStr("")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: str = Field(default="openid email", pattern=r"(^|\s)openid(\s|$)")
    oidc_name: str = Field(default="OpenID Connect", max_length=64)
    oidc_trusts_mfa: bool = False
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    # the hand-off, told outside
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    desk_mail: Annotated[tuple[str, ...], NoDecode] = ()
    on_call_mail: Annotated[tuple[str, ...], NoDecode] = ()
    desk_webhook_url: str = ""
    desk_webhook_secret: SecretStr = SecretStr("")
    chatwoot_url: str = ""
    chatwoot_inbox: SecretStr = SecretStr("")
    chatwoot_secret: SecretStr = SecretStr("")

    @field_validator("allowed_origins", "desk_mail", "on_call_mail", "second_factor_roles", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Origins are written one after the other with commas."""
        return (
            tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("second_factor_roles")
    @classmethod
    def _known_roles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A role that is misspelt would ask nobody for a code."""
        if unknown := set(value) - set(ROLES):
            raise ValueError(f"{', '.join(sorted(unknown))}: no such role; there are {', '.join(ROLES)}")
        return value

    @field_validator("content_dir")
    @classmethod
    def _one_release(cls, value: Path) -> Path:
        """A link to a release is followed once, so that one process serves one release to its end."""
        return value.resolve()

    @field_validator("lease_seconds")
    @classmethod
    def _longer_than_a_turn(cls, value: float, info: Any) -> float:
        """A lease that ends before the engine answers would let two workers answer."""
        timeout = info.data.get("rasa_timeout_seconds", 0)
        if value < timeout * 2:
            raise ValueError(f"must be at least twice JOBSEEKER_RASA_TIMEOUT_SECONDS ({timeout:g})")
        return value

    @property
    def encryption_key_list(self) -> tuple[str, ...]:
        """The keys, the newest first."""
        return tuple(part.strip() for part in self.encryption_keys.get_secret_value().split(",") if part.strip())

    @property
    def database(self) -> str:
        """The database's URL; by default a SQLite file in `var_dir`."""
        return self.database_url.get_secret_value() or f"sqlite+aiosqlite:///{self.var_dir / 'jobseeker.db'}"

    @property
    def releases_dir(self) -> Path:
        """Where the files of releases are kept (app/releases)."""
        return self.var_dir.resolve() / "releases"

    @property
    def rasa(self) -> str:
        """Where the dialogue engine is."""
        return self.rasa_url.rstrip("/") or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions(self) -> str:
        """Where the action server is."""
        return self.actions_url.rstrip("/") or f"http://127.0.0.1:{self.actions_port}"

    @property
    def tracker(self) -> str:
        """The URL of the database of Rasa's tracker (SQLAlchemy 1.4); by default a SQLite file in `var_dir`."""
        return self.tracker_url.get_secret_value() or f"sqlite:///{self.var_dir.resolve() / 'tracker.db'}"

    def for_children(self) -> dict[str, str]:
        """The environment that gives a child process these settings: what was set, and where things are."""
        values = {name: getattr(self, name) for name in self.model_fields_set | {"var_dir"}}
        written = {PREFIX + name.upper(): _written(value) for name, value in values.items()}
        return {**written, PREFIX + "ACTIONS_URL": self.actions, PREFIX + "TRACKER_URL": self.tracker}


def _written(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)

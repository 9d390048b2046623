"""All settings, read once from the environment (``SHUIWEN_…``). Nothing else reads the environment."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).parent.parent
LEAST_AUDIT_DAYS = 183


class Settings(BaseSettings):
    """Frozen settings with defaults that suit one machine: loopback only, SQLite, an embedded Rasa."""

    model_config = SettingsConfigDict(env_prefix="SHUIWEN_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data: Path = ROOT / "var"
    content: Path = ROOT / "knowledge" / "content"
    database_url: str = ""
    rasa_url: str = ""
    rasa_python: Path = ROOT / "dialogue" / ".venv" / "bin" / "python"
    model: Path = ROOT / "models" / "shuiwen.tar.gz"
    deadline_s: float = Field(default=8.0, gt=0)
    risk_target: float = Field(default=0.02, gt=0, lt=1)
    risk_level: float = Field(default=0.95, gt=0, lt=1)
    rest_token: str = ""
    actions_secret: str = ""
    redis_url: str = ""
    video_url: str = ""
    accept_target_s: int = Field(default=120, gt=0)
    answer_target_s: int = Field(default=180, gt=0)
    today: date | None = None
    privacy_keys: str = ""
    keep_originals_days: int = Field(default=30, ge=1)
    keep_evidence_days: int = Field(default=180, ge=1)
    keep_events_days: int = Field(default=730, ge=1)
    keep_drafts_days: int = Field(default=730, ge=1)
    keep_deliveries_days: int = Field(default=30, ge=1)
    keep_sessions_days: int = Field(default=90, ge=1)
    keep_audit_days: int = Field(default=1_095, ge=LEAST_AUDIT_DAYS)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    requests_a_minute: int = Field(default=600, ge=0)
    messages_a_minute: int = Field(default=40, ge=0)

    @field_validator("origins", mode="before")
    @classmethod
    def _one_by_one(cls, value: object) -> object:
        """``https://a.example, https://b.example`` → both, without a slash at the end."""
        words = value.split(",") if isinstance(value, str) else value
        return tuple(word.strip().rstrip("/") for word in words if word.strip())  # type: ignore[attr-defined]

    @property
    def database(self) -> str:
        """The database's URL; SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite:///{self.data / 'shuiwen.sqlite3'}"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def files(self) -> Path:
        """Where the files lie that people send."""
        return self.data / "files"

    @property
    def encoders(self) -> Path:
        return self.data / "encoders"

    @property
    def single_sign_on(self) -> bool:
        """Whether staff may sign in by OIDC: only where issuer, client id and secret are all set."""
        return bool(self.oidc_issuer and self.oidc_client_id and self.oidc_client_secret)

    @property
    def embedded_rasa(self) -> bool:
        return not self.rasa_url

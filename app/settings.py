"""All settings, read once from the environment (``SHUIWEN_…``). Nothing else reads the environment."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent.parent


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
    risk_target: float = Field(default=0.05, gt=0, lt=1)
    risk_level: float = Field(default=0.95, gt=0, lt=1)
    rest_token: str = ""
    actions_secret: str = ""
    redis_url: str = ""
    video_url: str = ""
    accept_target_s: int = Field(default=120, gt=0)
    answer_target_s: int = Field(default=180, gt=0)
    today: date | None = None

    @property
    def database(self) -> str:
        """The database's URL; SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite:///{self.data / 'shuiwen.sqlite3'}"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def embedded_rasa(self) -> bool:
        return not self.rasa_url

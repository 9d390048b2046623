"""Builds everything from settings and hands it to constructors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rasa_sdk.executor import ActionExecutor

from actions.english import InEnglish
from actions.server import executor
from app.rasa_process import free_port
from app.settings import Settings
from bot.attachments import Folder
from bot.exchange import Exchange
from bot.feed import Feed
from bot.rasa import Dialogue, RasaClient
from bot.redis_feed import RedisFeed
from bot.vault import Vault
from desk.identity import IdentityProvider
from desk.passwords import Passwords
from knowledge import library, release
from knowledge.release import Shelf, WrongRelease
from store.database import Database

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Parts:
    """The assembled application."""

    settings: Settings
    database: Database
    shelf: Shelf
    feed: Feed
    dialogue: Dialogue
    exchange: Exchange
    executor: ActionExecutor
    actions_secret: str
    rasa_port: int
    vault: Vault | None
    passwords: Passwords
    identity: IdentityProvider | None
    now: Callable[[], datetime]
    files: Folder

    def today(self) -> date:
        return self.settings.today or today()

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}/actions/{self.actions_secret}"


def assemble(settings: Settings) -> Parts:
    """All parts, none of them started. ``settings.today`` holds the clock of tax still, for tests.

    Raises `bot.vault.WrongKey`.
    """
    database = Database(settings.database)
    shelf = Shelf()
    feed = RedisFeed(settings.redis_url) if settings.redis_url else Feed()
    rasa_port = free_port() if settings.embedded_rasa else 0
    dialogue = RasaClient(settings.rasa_url or f"http://127.0.0.1:{rasa_port}", settings.deadline_s)
    vault = Vault(settings.privacy_keys) if settings.privacy_keys else None
    in_english = InEnglish(shelf, lambda: settings.today or today())
    exchange = Exchange(
        database, dialogue, feed, now, settings.deadline_s, vault=vault, in_english=in_english
    )
    return Parts(
        settings=settings,
        database=database,
        shelf=shelf,
        feed=feed,
        dialogue=dialogue,
        exchange=exchange,
        executor=executor(shelf, lambda: settings.today or today()),
        actions_secret=settings.actions_secret or secrets.token_urlsafe(24),
        rasa_port=rasa_port,
        vault=vault,
        passwords=Passwords(),
        identity=_identity(settings),
        now=now,
        files=Folder(settings.files),
    )


def _identity(settings: Settings) -> IdentityProvider | None:
    if not settings.single_sign_on:
        return None
    return IdentityProvider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in China, by which tax periods are counted."""
    return datetime.now(CHINA).date()


def refresh_release(database: Database, shelf: Shelf, encoders: Sequence[Path]) -> bool:
    """Load the current release, with its encoder from among ``encoders``, if it is not in use yet; whether it was loaded. Raises `WrongRelease`."""
    with database.reading() as session:
        row = library.current(session)
    if row is None or (shelf.release is not None and shelf.release.number == row.number):
        return False
    try:
        shelf.put(release.load(Path(row.folder), row.number, encoders))
    except WrongRelease as error:
        shelf.problem = str(error)
        raise
    return True

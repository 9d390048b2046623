"""What must exist before the application can serve: a trained dialogue, a database, knowledge, a release."""

from __future__ import annotations

import errno
import shutil
import socket
import subprocess
from collections.abc import Callable

from app.assembly import now
from app.settings import ROOT, Settings
from knowledge import library
from knowledge.checks import check
from knowledge.files import WrongContent, read_content
from knowledge.publishing import CannotPublish, Target, publish
from retrieval.encode import WrongEncoder
from retrieval.encoders import Encoders
from store.database import Database

Progress = Callable[[str], None]

LEAST_FREE_BYTES = 300 * 1024 * 1024


class NotPrepared(Exception):
    """Why the application cannot start, in one sentence that says what to do."""


def prepare(settings: Settings, database: Database, progress: Progress) -> None:
    """Bring everything that is missing into being; what exists is left alone. Raises `NotPrepared`."""
    check_port(settings)
    make_room(settings)
    if settings.embedded_rasa:
        train(settings, progress)
    progress("数据库 database")
    database.migrate()
    with database.reading() as session:
        empty, current = library.is_empty(session), library.current(session)
    if empty:
        progress("导入知识 importing the shipped knowledge")
        import_content(settings, database)
    if current is None:
        publish_now(settings, database, progress)


def migrated(settings: Settings) -> Database:
    """The database, brought up to date. Raises `store.database.DatabaseUnavailable`."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    database.migrate()
    return database


def check_port(settings: Settings) -> None:
    """Raises `NotPrepared` where the address is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise NotPrepared(
                f"{settings.host}:{settings.port} {why}; choose another port, for example `make run PORT=8100`."
            ) from error


def make_room(settings: Settings) -> None:
    """Raises `NotPrepared` where the data folder cannot be written or the disk is full."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotPrepared(f"{settings.data} cannot be made ({error.strerror}); set SHUIWEN_DATA.") from error
    free = shutil.disk_usage(settings.data).free
    if free < LEAST_FREE_BYTES:
        raise NotPrepared(f"only {free >> 20} MB are free at {settings.data}; free at least 300 MB.")


def train(settings: Settings, progress: Progress) -> None:
    """Train the dialogue if its sources have changed. Raises `NotPrepared`."""
    if not settings.rasa_python.exists():
        raise NotPrepared("there is no Rasa environment in dialogue/.venv; run `make setup`.")
    progress("对话模型 the dialogue, trained where its sources have changed")
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [str(settings.rasa_python), "-m", "dialogue.train"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise NotPrepared(f"the dialogue could not be trained: {reason}")


def import_content(settings: Settings, database: Database) -> None:
    """Put the content files into the database in place of what is there. Raises `NotPrepared`."""
    try:
        content = read_content(settings.content)
    except WrongContent as error:
        raise NotPrepared(f"the knowledge has mistakes:\n{error}") from error
    if findings := list(check(content)):
        listed = "\n".join(map(str, findings[:20]))
        raise NotPrepared(f"the knowledge has {len(findings)} mistakes; mend them first:\n{listed}")
    with database.writing() as session:
        library.replace_all(session, content.knowledge, content.golden, now())


def publish_now(settings: Settings, database: Database, progress: Progress) -> library.ReleaseRow:
    """Publish what the database holds. Raises `knowledge.publishing.CannotPublish`."""
    target = Target(settings.risk_target, settings.risk_level)
    try:
        encoder = Encoders(settings.encoders).chosen
    except WrongEncoder as error:
        raise CannotPublish(str(error)) from error
    return publish(database, settings.releases, encoder, now(), target, progress)

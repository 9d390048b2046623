from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot import log, originals
from bot.conversation import Event, Inbound
from bot.exchange import Exchange
from bot.feed import Feed
from bot.originals import NoOriginal, OriginalRow
from bot.routing import LONGEST_MESSAGE, TOO_LONG
from bot.vault import Vault, WrongKey, new_key
from store.database import Database
from tests.fakes import FakeClock, FakeDialogue

IDENTITY = "110101199003070038"
SAID = f"我的身份证是{IDENTITY}，手机13812345678，能退税吗"
SHOWN = "我的身份证是110***********0038，手机138****5678，能退税吗"


@pytest.fixture
def vault() -> Vault:
    return Vault(new_key())


@pytest.fixture
def sealing(
    database: Database, dialogue: FakeDialogue, feed: Feed, clock: FakeClock, vault: Vault
) -> Exchange:
    return Exchange(database, dialogue, feed, clock, 0.5, vault)


@pytest.fixture
def chat(database: Database, clock: FakeClock) -> str:
    with database.writing() as session:
        return log.open_conversation(session, "web", "", clock())[0].id


@pytest.fixture
def first(database: Database, chat: str) -> Callable[[], Event]:
    """The first line of the conversation."""

    def read() -> Event:
        with database.reading() as session:
            return log.events_after(session, chat)[0]

    return read


def everything(database: Database) -> str:
    """All bytes of the database as text."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = database.url.removeprefix("sqlite:///")
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "ignore")


async def test_an_identifier_reaches_neither_the_database_nor_the_assistant(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, chat: str, first: Callable[[], Event]
) -> None:
    await exchange.receive(Inbound(chat, "t1", SAID))
    assert first().text == SHOWN
    assert first().data["masked"] == ["identity", "phone"]
    assert dialogue.heard[0][1] == SHOWN
    assert "110***********0038" in everything(database)
    assert IDENTITY not in everything(database)


async def test_a_message_without_identifiers_is_logged_as_it_is(
    exchange: Exchange, chat: str, first: Callable[[], Event]
) -> None:
    await exchange.receive(Inbound(chat, "t1", "季度销售额45万元，要交增值税吗"))
    assert (first().text, first().data) == ("季度销售额45万元，要交增值税吗", {})


async def test_without_a_key_no_original_is_kept(exchange: Exchange, database: Database, chat: str) -> None:
    await exchange.receive(Inbound(chat, "t1", SAID))
    with database.reading() as session, pytest.raises(NoOriginal):
        originals.reveal(session, chat, 1, None)
    with database.reading() as session:
        assert not session.query(OriginalRow).count()


async def test_with_a_key_the_original_is_kept_sealed_and_can_be_revealed(
    sealing: Exchange, database: Database, vault: Vault, chat: str
) -> None:
    await sealing.receive(Inbound(chat, "t1", SAID))
    assert IDENTITY not in everything(database)
    with database.reading() as session:
        assert originals.reveal(session, chat, 1, vault) == SAID
        with pytest.raises(NoOriginal):
            originals.reveal(session, chat, 2, vault)
        with pytest.raises(WrongKey, match="另一把密钥"):
            originals.reveal(session, chat, 1, Vault(new_key()))


async def test_a_retry_keeps_the_first_original(
    sealing: Exchange, database: Database, vault: Vault, chat: str
) -> None:
    for text in (SAID, f"{SAID}，我叫张三"):
        await sealing.receive(Inbound(chat, "t1", text))
    with database.reading() as session:
        assert session.query(OriginalRow).count() == 1
        assert originals.reveal(session, chat, 1, vault) == SAID


async def test_an_original_moved_to_another_message_does_not_open(
    sealing: Exchange, database: Database, vault: Vault, chat: str
) -> None:
    await sealing.receive(Inbound(chat, "t1", SAID))
    with database.writing() as session:
        session.execute(update(OriginalRow).values(seq=9))
    with database.reading() as session, pytest.raises(WrongKey, match="不属于"):
        originals.reveal(session, chat, 9, vault)


async def test_a_message_that_is_too_long_is_still_refused_as_such(
    exchange: Exchange, dialogue: FakeDialogue, chat: str
) -> None:
    [reply] = await exchange.receive(Inbound(chat, "t1", SAID + "税" * LONGEST_MESSAGE))
    assert reply.text == TOO_LONG.text
    assert not dialogue.heard


@given(st.text())
def test_what_an_old_key_sealed_opens_with_the_new_one_in_front(text: str) -> None:
    old, new = new_key(), new_key()
    sealed = Vault(old).seal(text)
    assert Vault(f"{new}, {old}").open(sealed) == text
    with pytest.raises(WrongKey):
        Vault(new).open(sealed)


@pytest.mark.parametrize("keys", ["short", "密钥", ",", f"{'A' * 43}=,x"])
def test_a_malformed_key_is_refused_with_what_to_do(keys: str) -> None:
    with pytest.raises(WrongKey, match="shuiwen retention key"):
        Vault(keys)

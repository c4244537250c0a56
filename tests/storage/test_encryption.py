"""What people wrote, their names and ids can't be read in the file; a wrong key is refused in plain words."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import App
from bot.settings import Settings
from storage.database import Database, DatabaseProblem
from storage.encryption import Cipher, WrongKey, key_from_file
from tests.community import StandingClock, founded, running
from tests.fakes import FakePlatform

KEY = Cipher("a key for tests alone")
NAMES = ("Aurelienne", "Wilhelmina", "Bartholomew")


@given(st.binary())
def test_what_was_encrypted_comes_back_and_looks_different_every_time(plain: bytes) -> None:
    one, other = KEY.encrypt(plain), KEY.encrypt(plain)
    assert one != other
    assert KEY.decrypt(one) == KEY.decrypt(other) == plain


@given(st.binary(min_size=1), st.data())
def test_a_single_changed_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEY.encrypt(plain))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1
    with pytest.raises(WrongKey):
        KEY.decrypt(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12)])
def test_what_is_no_ciphertext_is_refused(sealed: bytes) -> None:
    with pytest.raises(WrongKey):
        KEY.decrypt(sealed)


def test_another_key_opens_nothing_and_gives_other_digests() -> None:
    other = Cipher("another key")
    with pytest.raises(WrongKey, match="SECRET_KEY is not the one"):
        other.decrypt(KEY.encrypt(b"hello"))
    assert other.digest("a") != KEY.digest("a")


words = st.lists(st.text(st.characters(exclude_categories=[], exclude_characters="\x1f")), min_size=1, max_size=4)


@given(words, words)
def test_digests_are_equal_for_equal_parts_alone(one: list[str], other: list[str]) -> None:
    assert (KEY.digest(*one) == KEY.digest(*other)) == (one == other)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "baraza.key"
    os.umask(os.umask(0))  # whatever the mask is, the mode counts
    key, created = key_from_file(path)
    assert created
    assert len(key) >= 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_from_file(path) == (key, False)


def test_a_key_file_that_lost_its_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "baraza.key").write_text("\n")
    with pytest.raises(WrongKey, match=r"baraza\.key is empty"):
        Database(f"sqlite:///{tmp_path}/baraza.sqlite3")


async def test_without_a_secret_key_one_lies_beside_the_database_and_that_is_told(tmp_path: Path) -> None:
    first = Database(f"sqlite:///{tmp_path}/baraza.sqlite3")
    again = Database(f"sqlite:///{tmp_path}/baraza.sqlite3")
    assert first.secret_key_created == tmp_path / "baraza.key"
    assert again.secret_key_created is None
    assert again.cipher.digest("a") == first.cipher.digest("a")
    await first.close()
    await again.close()


async def test_a_database_of_another_key_is_not_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baraza.sqlite3"
    async with running(tmp_path, database_url=url):
        pass
    clock = StandingClock()
    app = App(Settings(_env_file=None, http_port=0), Database(url, "another key"), [FakePlatform(clock)], clock=clock)
    with pytest.raises(DatabaseProblem, match="SECRET_KEY is not the one that this database was written with"):
        await app.start()


async def test_after_a_conversation_nobodys_name_id_or_words_are_in_the_file(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        people = [await talk.newcomer(name) for name in NAMES]
        for person in people:
            await person.joins("circle")
            await person.says(f"I am {person.name} and I lost my stethoscope", place="circle")
            await person.says("a private word about my stethoscope")
            await person.says("/stethoscope and more")
        await people[0].presses("Introduce me")
        await people[0].fills_in(Name_to_show="Aurelienne Smaragd")
        await talk.wait(minutes=2)
        secrets = ["stethoscope", "Smaragd", *NAMES, *(person.id for person in people)]
    files = [path for path in tmp_path.iterdir() if path.name.startswith("baraza.sqlite3")]
    assert files
    stored = b"".join(path.read_bytes() for path in files)
    assert b"welcome.first_posts" in stored  # the file was read where things are written
    assert [secret for secret in secrets if secret.encode() in stored] == []

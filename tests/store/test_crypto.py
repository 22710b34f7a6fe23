from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.store.crypto import KEY_BYTES, Keyring, UnreadableCiphertext, load_keyring

CHAT_IDS = st.integers(min_value=-(2**52), max_value=2**52)
OLD = (1, b"o" * KEY_BYTES)
NEW = (2, b"n" * KEY_BYTES)


@given(CHAT_IDS)
def test_a_chat_id_comes_back_from_its_ciphertext(chat_id: int) -> None:
    keyring = Keyring((OLD, NEW))
    assert keyring.open_chat(keyring.seal_chat(chat_id)) == chat_id


@given(CHAT_IDS, CHAT_IDS)
def test_equal_chats_have_equal_ciphertexts_and_others_do_not(one: int, other: int) -> None:
    keyring = Keyring((OLD,))
    assert (keyring.seal_chat(one) == keyring.seal_chat(other)) == (one == other)


@given(CHAT_IDS)
def test_a_chat_sealed_before_a_rotation_is_still_found_and_read(chat_id: int) -> None:
    sealed = Keyring((OLD,)).seal_chat(chat_id)
    rotated = Keyring((OLD, NEW))
    assert sealed in rotated.candidates(chat_id)
    assert rotated.open_chat(sealed) == chat_id
    assert rotated.seal_chat(chat_id)[0] == 2


def test_a_changed_ciphertext_and_a_missing_key_are_refused() -> None:
    sealed = Keyring((OLD,)).seal_chat(42)
    for broken in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x07" + sealed[1:], b""):
        with pytest.raises(UnreadableCiphertext):
            Keyring((OLD,)).open_chat(broken)


def test_the_first_start_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret.key"
    made = load_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keyring(path) == made
    assert len(made.keys[0][1]) == KEY_BYTES


@pytest.mark.parametrize("text", ["", "1:short\n", "x:" + "A" * 88 + "\n", "999:" + "A" * 88 + "\n"])
def test_a_damaged_key_file_is_refused_and_never_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="safe copy"):
        load_keyring(path)
    assert path.read_text() == text


def test_a_keyring_never_shows_its_keys() -> None:
    shown = repr(Keyring((OLD,)))
    assert "o" * 8 not in shown
    assert base64.b64encode(OLD[1]).decode() not in shown


def test_hashes_of_names_survive_a_rotation_and_depend_on_the_key() -> None:
    before, after = Keyring((OLD,)).hash_name("skoriakin"), Keyring((OLD, NEW)).hash_name("skoriakin")
    assert before == after
    assert Keyring((NEW,)).hash_name("skoriakin") != before
    assert Keyring((OLD,)).hash_name("krilova") != before

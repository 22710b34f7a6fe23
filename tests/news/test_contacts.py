from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.news.contacts import load_contacts, worded

ROOT = Path(__file__).parents[2]


def test_shipped_contacts_are_read_and_hold_no_telephone_number() -> None:
    contacts = load_contacts(ROOT / "contacts.yaml")
    assert {contact.country for contact in contacts} == {"KG", "KZ", None}
    for contact in contacts:
        for language in ("ru", "en"):
            assert worded(contact.name, language)
            assert not any(letter.isdigit() for letter in worded(contact.what, language))


def test_a_wording_falls_back_on_another_language(tmp_path: Path) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text("contacts: [{name: Adilet, what: {en: Help, ru: Помощь}, languages: [ru]}]", encoding="utf-8")
    (contact,) = load_contacts(path)
    assert worded(contact.name, "ky") == "Adilet"
    assert [worded(contact.what, language) for language in ("en", "ru", "ky")] == ["Help", "Помощь", "Помощь"]


def test_mistakes_name_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text("contacts:\n  - {name: {eng: x}, what: y, languages: [rus]}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_contacts(path)
    assert "line 2, contacts[0].name.eng" in str(caught.value)
    assert "line 2, contacts[0].languages[0]" in str(caught.value)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.charset import decode, with_legal_references

TEXT = "Россиянина задержали в Бишкеке и собираются выдать, сообщает правовая клиника «Адилет»."


def document(text: str, label: str | None = None) -> str:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else '<?xml version="1.0"?>'
    return f"{declaration}<rss><channel><title>{text}</title></channel></rss>"


@pytest.mark.parametrize(
    ("encoding", "label", "header"),
    [
        ("cp1251", "windows-1251", None),
        ("cp1251", "windows-1251", "text/xml; charset=utf-8"),
        ("cp1251", None, "text/xml; charset=windows-1251"),
        ("cp1251", None, 'text/xml; charset="cp1251"'),
        ("cp1251", None, None),
        ("cp1251", "utf-8", "text/xml; charset=utf-8"),
        ("cp1251", "iso-8859-1", None),
        ("cp1251", "koi8-r", None),
        ("cp1251", None, "text/xml; charset=ISO-8859-1"),
        ("koi8-r", "KOI8-R", None),
        ("koi8-r", "windows-1251", None),
        ("koi8-r", None, None),
        ("koi8-u", "koi8-u", None),
        ("cp866", "ibm866", None),
        ("iso8859-5", "iso-8859-5", None),
        ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
        ("utf-8-sig", "koi8-r", None),
        ("utf-8", None, None),
        ("utf-16", "utf-16", None),
        ("utf-16-le", None, None),
        ("utf-16-be", None, "text/xml; charset=utf-8"),
        ("utf-32", None, None),
        ("cp1251", "no-such-charset", None),
        ("cp1251", "punycode", "text/xml; charset=unicode_escape"),
    ],
)
def test_cyrillic_is_read_whatever_the_labels_say(encoding: str, label: str | None, header: str | None) -> None:
    body = document(TEXT, label).encode(encoding, "ignore")
    letters = TEXT if not encoding.startswith(("koi8", "cp866", "iso")) else TEXT.replace("«", "").replace("»", "")
    assert letters in decode(body, header)


@pytest.mark.parametrize(
    "text", ["Il a été arrêté à Bichkek, où l’on a déjà…", "Türkiye'de gözaltına alındı: Ömer Çelik"]
)
def test_latin_text_does_not_become_cyrillic(text: str) -> None:
    encoding = "cp1254"
    assert text in decode(document(text, "windows-1254").encode(encoding), None)


def test_one_damaged_byte_does_not_spoil_a_utf8_feed() -> None:
    body = document(TEXT).encode().replace("Адилет".encode(), "Адиле".encode() + b"\xd1")
    assert TEXT.split("«")[0] in decode(body, "text/xml; charset=windows-1251")


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert decode(b"a\x00b\x0bc\x1b[31m\td\n\x7fe\xef\xbf\xbe", None) == "abc[31m\td\ne"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("&#xD83D;&#xDE00; &#55357;&#56832;", "😀 😀"),
        ("&#xd83d; alone", "\ufffd alone"),
        ("a&#11;b&#0;c&#x1F;d&#x110000;e&#9999999999;", "abcde"),
        ("&#9;&#x430;&#128512;&amp;#11;", "&#9;&#x430;&#128512;&amp;#11;"),
    ],
)
def test_references_to_characters_that_xml_forbids_are_mended(written: str, read: str) -> None:
    assert with_legal_references(written) == read


@given(st.binary(max_size=2000), st.none() | st.text(max_size=60))
def test_any_bytes_become_text_that_utf8_can_hold(body: bytes, header: str | None) -> None:
    assert "\x00" not in decode(body, header).encode().decode()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    assert decode(f"<?xml?>{text}".encode(), None) == f"<?xml?>{text}".replace("\ufffe", "").replace("\uffff", "")

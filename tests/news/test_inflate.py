import gzip
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.failures import BrokenAnswer
from bot.news.inflate import decoder

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
    ("", bytes),
]


@given(st.binary(max_size=3000), st.integers(min_value=1, max_value=600), st.sampled_from(PACKERS))
def test_what_was_packed_comes_out_whatever_the_pieces(
    data: bytes, step: int, packer: tuple[str, Callable[[bytes], bytes]]
) -> None:
    name, pack = packer
    packed, inflate = pack(data), decoder(name)
    pieces = [inflate.feed(packed[at : at + step], 10_000) for at in range(0, len(packed), step)]
    assert b"".join(pieces) == data
    assert inflate.done or not packed


@pytest.mark.parametrize(("name", "pack"), PACKERS)
def test_no_step_answers_more_than_it_may(name: str, pack: Callable[[bytes], bytes]) -> None:
    assert len(decoder(name).feed(pack(bytes(1_000_000)), 1000)) == 1001


def test_gzip_files_in_a_row_are_one_and_what_follows_is_dropped() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(10)
    assert decoder("gzip").feed(packed, 100) == b"one two"


def test_thousands_of_empty_gzip_files_are_an_attack() -> None:
    with pytest.raises(BrokenAnswer, match="more than 100"):
        decoder("gzip").feed(gzip.compress(b"") * 200, 100)


def test_a_zstd_window_of_a_gigabyte_is_refused() -> None:
    greedy = zstd.compress(b"x" * 100_000, options={int(zstd.CompressionParameter.window_log): 27})
    frame = b"\x28\xb5\x2f\xfd\x00\xa0" + greedy[6:]  # a frame that asks for 1 GiB before its first byte
    with pytest.raises(BrokenAnswer):
        decoder("zstd").feed(frame, 1000)


def test_an_encoding_that_was_never_asked_for_is_refused() -> None:
    with pytest.raises(BrokenAnswer, match="“compress”"):
        decoder("compress")

from bot.news.failures import ConnectionFailure, FetchTimeout, HttpStatus, NotAFeed
from bot.news.reach import Reach


def reach(*failures: tuple[str, Exception]) -> Reach:
    found = Reach()
    for host, error in failures:
        found.failed(host, error)  # type: ignore[arg-type]
    return found


def test_three_hosts_in_a_row_that_nobody_reaches_are_our_network() -> None:
    found = reach(("a", ConnectionFailure()), ("b", FetchTimeout()), ("c", ConnectionFailure()))
    assert found.lost
    found.answered()
    assert not found.lost


def test_one_host_with_many_feeds_is_not() -> None:
    assert not reach(*[("a", ConnectionFailure())] * 9, ("b", ConnectionFailure())).lost


def test_an_answer_is_an_answer_also_if_it_is_an_error() -> None:
    for error in (HttpStatus("status 500", 500), NotAFeed()):
        assert not reach(
            ("a", ConnectionFailure()), ("b", ConnectionFailure()), ("c", error), ("d", FetchTimeout())
        ).lost

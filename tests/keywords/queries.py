"""Random queries and texts over a few words that meet each other often."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = [
    "задержан",
    "активист",
    "выдать",
    "Россия",
    "суд",
    "detained",
    "activist",
    "extradited",
    "anti-war",
    "Скорякина",
]
FORMS = [*WORDS, "задержали", "активиста", "выдали", "России", "detain", "activists", "extradite", "war",
         "Скорякин", "и", "the", "кармалды", "активисттер"]  # fmt: skip

words = st.sampled_from(WORDS)
groups = st.sampled_from(["@act", "@who"])
leaves = st.one_of(
    words,
    words.map(lambda word: f"={word}"),
    words.map(lambda word: f"{word[:4]}*"),
    st.lists(words, min_size=2, max_size=3).map(lambda some: '"' + " ".join(some) + '"'),
    st.tuples(st.lists(words, min_size=2, max_size=3), st.integers(1, 4)).map(lambda t: f'"{" ".join(t[0])}"~{t[1]}'),
    groups,
)
alternatives = st.lists(leaves, min_size=2, max_size=3).map(lambda some: f"({' | '.join(some)})")
facts = st.sampled_from(["lang:ru", "source:voa", "country:KG", "source:(voa | rferl)"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bracketed = inner.map(lambda query: f"({query})")
    return st.one_of(
        st.tuples(bracketed, bracketed).map(" ".join),
        st.tuples(bracketed, bracketed).map(" | ".join),
        st.tuples(leaves, inner).map(lambda pair: f"{pair[0]} -({pair[1]})"),
        bracketed.map(lambda query: f"title:{query}"),
        st.tuples(leaves | alternatives, st.integers(1, 4), leaves | alternatives).map(
            lambda t: f"{t[0]} NEAR/{t[1]} {t[2]}"
        ),
    )


queries = st.recursive(leaves | facts, _grown, max_leaves=5)
texts = st.lists(st.sampled_from(FORMS), max_size=12).map(" ".join)

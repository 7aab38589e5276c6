"""LIX counts words, long words and sentences as the plain-language rules say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beredskap.domain.readability import lix

POLICY = Path(__file__).parents[2].parent / "shared" / "policy"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Gå hem. Stanna inne! Hör du?", 3),
        ("Gå hem", 1),
        ("Gå hem. Stanna", 2),
        ("Vänta ... Gå hem.", 2),
        ("Är du säker?! Ja.", 2),
        ("Han sa ”gå hem.” Sedan gick han.", 2),
        ("Norrmalms sdf: Brand i Eken.", 2),
        ("Ta med: dunk och tröja.", 1),
        ("Så här: ”Gå hem.”", 2),
        ("Vi ses kl. 15 i dag.", 1),
        ("Vi ses kl. Anna vet mer.", 1),
        ("Ta med t.ex. vatten, bl.a. till barnen.", 1),
        ("Ta med t. ex. vatten, bl. a. till barnen.", 1),
        ("Vi har bröd, vatten m.m. Kom i dag.", 2),
        ("Vi har bröd, vatten m.m. och filtar.", 1),
        ("Vänta 30 min. Gå sedan hem.", 2),
        ("Vänta ca 30 min. innan du går.", 1),
        ("Priset är 3.50 kronor.", 1),
        ("Brand kl 14.05. Nytt besked kl 15.", 2),
        ("Läs mer på https://example.test/a.b?c=d.e i dag.", 1),
        ("Läs mer på stockholm.se. Ring sedan.", 2),
        ("Skriv till larm@prov.example. Ring sedan.", 2),
        ("1. Budskap\n\nVi svarar i dag.", 1),
        ("Vi svarar i dag.\n2. Ansvar är viktigt.", 2),
        ("Rubrik\n\n2. Ansvar är viktigt.", 2),
        ("Nytt besked kl\n15. Gå hem.", 2),
        ("Det är vår. Sol ute.", 2),
        ("Vi badar i en å. Kom.", 2),
        ("", 0),
        ("12.30 - 14.00.", 0),
    ],
)
def test_a_sentence_ends_where_a_reader_would_say(text: str, sentences: int) -> None:
    assert lix(text).sentences == sentences


@pytest.mark.parametrize(
    ("text", "words", "long_words"),
    [
        ("Alla barn är ute", 4, 0),
        ("förskola skolan", 2, 1),
        ("abcdef abcdefg", 2, 1),
        ("åäöéüåä", 1, 1),
        ("IT-haveri", 1, 1),
        ("A-lag", 1, 0),
        ("stadsdels-\nförvaltningens uppdrag", 2, 2),
        ("för- och efter", 3, 0),
        ("112 20-48 14.05", 0, 0),
        ("1=på väg", 2, 0),
        ("TV4 sänder", 2, 0),
        ("t.ex. bl.a.", 2, 0),
        ("https://www.example.test/sida/lang?x=1", 1, 0),
        ("stockholm.se larm@norrmalm.example", 2, 0),
        ("fo\u0308rskola", 1, 1),
        ("stads\u00addel", 1, 1),
        ("don't", 1, 0),
    ],
)
def test_words_and_long_words_are_counted(text: str, words: int, long_words: int) -> None:
    measured = lix(text)
    assert (measured.words, measured.long_words) == (words, long_words)


def test_lix_is_words_per_sentence_plus_the_share_of_long_words() -> None:
    measured = lix("Hunden springer fort. Katten sover.")
    assert (measured.words, measured.long_words, measured.sentences) == (5, 1, 2)
    assert measured.lix == pytest.approx(5 / 2 + 100 * 1 / 5)


def test_names_on_the_list_are_words_but_not_long() -> None:
    measured = lix("Norrmalms förvaltning svarar.", names=["Norrmalms", "FÖRVALTNING"])
    assert (measured.words, measured.long_words) == (3, 0)


def test_the_longest_sentence_is_counted_in_words() -> None:
    assert lix("Gå hem nu. Stanna inne. Vänta på nytt besked.").longest_sentence == 4


def test_a_text_without_words_has_no_figure() -> None:
    for text in ("", "112", "...", "\n"):
        assert lix(text).lix is None
        assert not lix(text).is_certain


@pytest.mark.parametrize(("words", "is_certain"), [(49, False), (50, True)])
def test_a_short_text_is_uncertain(words: int, is_certain: bool) -> None:
    assert lix("ord " * words).is_certain is is_certain


def test_the_policy_lies_about_where_it_was_measured() -> None:
    """The communication policy, an official text, was found to lie at about 55."""
    texts = sorted(POLICY.glob("*.txt"))
    if not texts:
        pytest.skip("the policy's text is not beside this repository")
    measured = lix(texts[0].read_text(encoding="utf-8"))
    assert measured.is_certain
    assert measured.lix == pytest.approx(55, abs=3)


@given(st.text(max_size=300))
def test_the_figures_of_any_text_fit_together(text: str) -> None:
    measured = lix(text)
    assert 0 <= measured.long_words <= measured.words
    assert measured.sentences <= measured.words
    assert (measured.words == 0) == (measured.sentences == 0) == (measured.lix is None)
    assert (
        measured.longest_sentence
        <= measured.words
        <= (measured.longest_sentence * measured.sentences)
    )
    if measured.lix is not None:
        assert 1 <= measured.lix <= measured.words + 100


sentence = st.lists(
    st.sampled_from(["barn", "skolan", "förskolan", "hem", "räddningstjänsten"]), min_size=1
).map(lambda words: " ".join(words).capitalize() + ".")


@given(st.lists(sentence, min_size=1, max_size=8))
def test_the_order_of_sentences_does_not_matter(sentences: list[str]) -> None:
    forwards, backwards = lix(" ".join(sentences)), lix(" ".join(reversed(sentences)))
    assert forwards == backwards
    assert forwards.sentences == len(sentences)

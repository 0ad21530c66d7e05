"""Strategies of Vietnamese text for the tests of this folder."""

import unicodedata

from hypothesis import strategies as st

from quantriet.core.text.alphabet import _ONSETS, _RHYMES, TONE_MARKS, is_syllable

VOWELS = "aăâeêioôơuưy"
LETTERS = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONE_MARKS] + ["đ"]
"""Every marked and plain vowel with every tone, and đ: 73 small letters."""


def spell(onset: str, rhyme: str, tone: str) -> str:
    """Put a syllable together, the tone on the vowel the rules of spelling give it (new places)."""
    marked = next((i for i in range(len(rhyme) - 1, -1, -1) if rhyme[i] in "ăâêôơư"), None)
    vowels = [i for i, letter in enumerate(rhyme) if letter in VOWELS]
    if marked is None:
        last_open = vowels[-1] == len(rhyme) - 1
        glide = rhyme[:2] in {"oa", "oe", "uy"}
        marked = vowels[1] if len(vowels) > 1 and (glide or not last_open) else vowels[0]
    return unicodedata.normalize("NFC", onset + rhyme[: marked + 1] + tone + rhyme[marked + 1 :])


syllables = st.builds(
    spell,
    st.sampled_from(["", *_ONSETS]),
    st.sampled_from(sorted(_RHYMES)),
    st.sampled_from(TONE_MARKS),
).filter(is_syllable)

sentences = st.lists(syllables, min_size=6, max_size=20).map(" ".join)

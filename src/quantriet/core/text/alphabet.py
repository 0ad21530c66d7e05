"""The Vietnamese alphabet as data: letters in dictionary order, the six tones, what a syllable may be.

Facts of the script, shared by ordering, folding and the recognition of old encodings. Letters carry their
shape (ă â ê ô ơ ư đ) but no tone; a tone is a combining mark of Unicode's canonical decomposition.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The 29 letters of the alphabet with f, j, w and z of foreign words put at their Latin places."""

TONE_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Marks of the tones in dictionary order: ngang, huyền, hỏi, ngã, sắc, nặng."""

_SHAPE_MARKS = "\u0302\u0306\u031b"
_TONE_INDEX = {mark: index for index, mark in enumerate(TONE_MARKS) if mark}

_ONSET_LIST = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"

# Rhymes without tone. Some (oong, êng, ưm) stand only in loan words and place names, which do occur.
_RHYME_LIST = """
    a ac ach ai am an ang anh ao ap at au ay
    ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu êc
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on
    ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơng ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uôc uôi uôm uôn uông uôt
    uy uya uych uyên uyêt uyn uynh uyp uyt uyu
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y ych yn ynh yt yu yêm yên yêng yêt yêu
"""
_ONSETS = _ONSET_LIST.split()
_RHYMES = frozenset(_RHYME_LIST.split())
# After "gi" the rhyme may have lost its i (giếng); after "qu" the u belongs to the onset.
_HARD_ONSETS = frozenset({"c", "g", "ng"})
_SOFT_ONSETS = frozenset({"gh", "ngh"})
_FRONT_VOWELS = frozenset("eêiy")
_STOPS = ("c", "ch", "p", "t")
_TONES_BEFORE_STOPS = frozenset({4, 5})


class Syllable(NamedTuple):
    """A word taken apart: its letters in lower case without tone, and its tone (0 to 5)."""

    letters: str
    tone: int


def split_tone(word: str) -> Syllable:
    """Take the tone off a word. With several tones (foreign words) the first one counts.

    Marks that are not Vietnamese (ç, ñ, ü) are dropped with the tone; đ stays đ.
    """
    letters: list[str] = []
    tone = 0
    for character in unicodedata.normalize("NFKD", word.casefold()):
        if character in _TONE_INDEX:
            tone = tone or _TONE_INDEX[character]
        elif character in _SHAPE_MARKS or not unicodedata.combining(character):
            letters.append(character)
    return Syllable(unicodedata.normalize("NFC", "".join(letters)), tone)


def _count_tones(word: str) -> int:
    return sum(character in _TONE_INDEX for character in unicodedata.normalize("NFD", word))


@lru_cache(maxsize=20_000)  # a text has few different words
def is_syllable(word: str) -> bool:
    """Say whether a word is built like one Vietnamese syllable (spelling rules, not a dictionary).

    Give it NFC. Onset, rhyme and tone must fit, the tone in its place (old or new): c, g and ng never stand
    before e, ê, i, y; a syllable that ends in c, ch, p or t takes only sắc or nặng. Words with marks foreign
    to Vietnamese are no syllables, nor are words with a capital after a small letter.
    """
    if word not in {word.lower(), word.upper(), word.capitalize()}:
        return False
    if _count_tones(word) > 1 or any(not _is_vietnamese_letter(character) for character in word):
        return False
    letters, tone = split_tone(word)
    place = next((index for index, letter in enumerate(word) if _count_tones(letter)), 0)
    return any(
        _fits(letters[: len(onset)], letters[len(onset) :], tone, place)
        for onset in ("", *_ONSETS)
        if letters.startswith(onset)
    )


def _is_vietnamese_letter(character: str) -> bool:
    plain = "".join(
        part for part in unicodedata.normalize("NFD", character.lower()) if part not in _TONE_INDEX
    )
    return unicodedata.normalize("NFC", plain) in LETTERS


def _fits(onset: str, rhyme: str, tone: int, place: int) -> bool:
    if rhyme not in _RHYMES or (rhyme.endswith(_STOPS) and tone not in _TONES_BEFORE_STOPS):
        return False
    return _may_meet(onset, rhyme[0]) and (tone == 0 or place - len(onset) in _tone_places(rhyme))


def _tone_places(rhyme: str) -> set[int]:
    """Give the letters of a rhyme that may bear the tone: one, or two where old and new spelling differ."""
    shaped = [index for index, letter in enumerate(rhyme) if letter in "ăâêôơư"]
    if shaped:
        return {shaped[-1]}
    vowels = [index for index, letter in enumerate(rhyme) if letter in "aeiouy"]
    if rhyme in {"oa", "oe", "uy"}:
        return {0, 1}
    is_closed = vowels[-1] < len(rhyme) - 1
    return {vowels[-1] if is_closed else vowels[len(vowels) // 3]}


def _may_meet(onset: str, vowel: str) -> bool:
    """Say whether the spelling lets this onset stand before this vowel."""
    if onset in _HARD_ONSETS:
        return vowel not in _FRONT_VOWELS or (onset, vowel) == ("g", "i")
    if onset in _SOFT_ONSETS:
        return vowel in _FRONT_VOWELS
    return onset != "qu" or vowel not in "oôuư"

"""How well the name of a place fits the field that it is read into."""

from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from hub_core.contract.words import FIELDS, parts

SAME: Final = 0.75  # likeness of two spellings of one word
STEM: Final = 4  # letters that two words begin with
LONG_STEM: Final = 8  # letters that two long names begin with
NAMESAKE: Final = 0.7  # likeness of names that begin with the same long word
SHORT: Final = 3  # letters of an abbreviation of a known word
VAGUE: Final = 0.4  # weight of words that stand in many names
_VAGUE: Final = {"value", "text", "id", "code", "date", "data", "dato", "name", "number", "kind", "type", "amount"}


@lru_cache(maxsize=8_192)
def fit(target: str, name: str) -> float:
    """Return how well a name fits the end of a canonical path, from 0 to 1 and a little more.

    >>> fit("beneficiary.value", "BENEF_CNP") > fit("holder.value", "BENEF_CNP")
    True
    >>> fit("period.end", "sluttdato") > fit("period.start", "sluttdato")
    True
    """
    said = parts(name)
    wanted = [word for step in target.split(".")[-2:] for word in parts(step.partition("[")[0])]
    if not said or not wanted:
        return 0.0
    alike = max(_alike(word, part) * _weight(word) for word in wanted for part in {*said, "".join(said)})
    return max(alike, _meant(tuple(wanted), tuple(said)))


def likeness(one: str, other: str) -> float:
    """Return how like two names are, from 0 to 1; names that begin with the same words are.

    >>> likeness("sluttdatoUtbetaling", "sluttdatoRett") > 0.6, likeness("a", "b")
    (True, 0.0)
    """
    stem = one.lower()[:LONG_STEM]
    begins = len(stem) == LONG_STEM and other.lower().startswith(stem)
    return max(SequenceMatcher(None, one, other).ratio(), NAMESAKE if begins else 0.0)


@lru_cache(maxsize=8_192)
def initial(target: str, text: str) -> float:
    """Return whether a text of few letters may be short for the field at the end of a canonical path.

    >>> initial("father", "T"), initial("mother", "T")
    (1.0, 0.0)
    """
    wanted = parts(target.rsplit(".", maxsplit=1)[-1].partition("[")[0])
    short = text.lower()
    return float(any(word.startswith(short) for field in wanted for word in FIELDS.get(field, ())))


def _alike(word: str, part: str) -> float:
    if word == part:
        return 1.0
    if min(len(word), len(part)) >= STEM and (word.startswith(part) or part.startswith(word)):
        return 0.9
    ratio = SequenceMatcher(None, word, part).ratio() if min(len(word), len(part)) >= STEM else 0.0
    return ratio if ratio >= SAME else 0.0


def _weight(word: str) -> float:
    return VAGUE if word in _VAGUE else 1.0


def _meant(wanted: tuple[str, ...], said: tuple[str, ...]) -> float:
    """Whether a name is a known word for a field, or has one in it."""
    whole = "".join(said)
    found = 0.0
    for field in wanted:
        known = FIELDS.get(field, frozenset())
        if whole in known:
            return 1.0
        if any(part in known for part in said if part not in _VAGUE):
            found = max(found, 0.9)
        elif any(len(part) >= SHORT and word.startswith(part) for part in said for word in known if part not in _VAGUE):
            found = max(found, 0.8)
    return found

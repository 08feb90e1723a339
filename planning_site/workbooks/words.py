"""Header words, made comparable: `货 号`, `货号：` and `货号` are one word; so are `Referência` and `REFERENCIA`."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from .cells import half_width

_DROPPED = re.compile(r"[\s*:;\"'“”‘’._\-/\\,、。]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_SUBTOTAL = re.compile(
    r"(?:.{0,30}(?:小计|合计|总计|共计|累计|小計|合計|總計)|(?:sub|grand|page)?totals?|.{0,30}subtotal|subtotals?|totalgeral|totale|gesamt|summe|итого|всего)"
)
_SIGNATURE = re.compile(
    r"(?:制表|审核|核准|批准|制单|复核|经办|会签|签名|签字|主管|厂长|业务主管|preparedby|approvedby|checkedby|signature|signed).{0,40}"
)


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    """Return a word without blanks, punctuation, accents and upper case."""
    plain = unicodedata.normalize("NFD", half_width(text)).lower()
    return _DROPPED.sub("", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def variants(text: str) -> tuple[str, ...]:
    """Return the word as it stands and without what it says in brackets or as a unit: `效率%` and `效率`."""
    full = normalise(text)
    bare = normalise(_BRACKETS.sub("", half_width(text))).rstrip("%#")
    return (full, bare) if bare and bare != full else (full,)


def is_subtotal(text: str) -> bool:
    """Tell a subtotal's or total's label."""
    return _SUBTOTAL.fullmatch(normalise(text)) is not None


def is_signature(text: str) -> bool:
    """Tell the label of a signature: `制表人:`, `审核`, `Approved by`."""
    return _SIGNATURE.fullmatch(normalise(text)) is not None


def signature_of(words: Iterable[str]) -> str:
    """Return the fingerprint of a header by its words, in their order; sizes are left out by the caller."""
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()

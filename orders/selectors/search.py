"""Search in the order book by contract, PO, style and customer; where nothing contains a word, by what looks like it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Model, Q, QuerySet

from orders.models import Customer, Order, OrderLine, Style
from planning_site.workbooks.cells import half_width

MAX_WORDS = 3
MAX_SIMILAR = 8
CANDIDATES = 40
LIKE_ENOUGH = 0.45
CLOSE = 0.08  # how far behind the best match another may lie and still be shown


@dataclass
class Found:
    """The lines found, and for every word that nothing contains what was taken instead: (word, names)."""

    lines: QuerySet[OrderLine]
    similar: list[tuple[str, list[str]]] = field(default_factory=list)


def search(lines: QuerySet[OrderLine], text: str) -> Found:
    """The lines that have every word of the text in their contract no., PO, style or customer."""
    found = Found(lines)
    for word in half_width(text).split()[:MAX_WORDS]:
        wanted = _containing(word)
        if wanted is None:
            wanted, names = _similar(word)
            found.similar.append((word, names))
        found.lines = found.lines.filter(wanted)
    return found


def _containing(word: str) -> Q | None:
    """A filter on lines; only the parts that match something, so that each is served by its index. None if nothing does."""
    customers = list(Customer.objects.filter(Q(name__has_text=word) | Q(code__iexact=word)).values_list("pk", flat=True))
    styles = list(Style.objects.filter(code__has_text=word).values_list("pk", flat=True))
    orders = Order.objects.filter(Q(number__has_text=word) | Q(po__has_text=word))
    parts = []
    if customers:
        parts.append(Q(order__customer__in=customers))
    if styles:
        parts.append(Q(style__in=styles))
    if orders.exists():
        parts.append(Q(order__in=orders.values("pk")))
    return _any_of(parts)


def _similar(word: str) -> tuple[Q, list[str]]:
    """A filter on lines for the names that look most like the word, and these names."""
    hits = sorted((hit for hit in _lookalikes(word) if hit.score >= LIKE_ENOUGH), key=lambda hit: (-hit.score, hit.name))
    hits = [hit for hit in hits if hit.score >= hits[0].score - CLOSE][:MAX_SIMILAR]
    by_path: dict[str, list[Model]] = {}
    for hit in hits:
        by_path.setdefault(hit.path, []).append(hit.row)
    wanted = _any_of([Q(**{f"{path}__in": rows}) for path, rows in by_path.items()])
    return wanted or Q(pk__in=[]), list(dict.fromkeys(hit.name for hit in hits))


class Lookalike(NamedTuple):
    """A row by the name that resembles the word; `path` leads to it from a line."""

    score: float
    name: str
    path: str
    row: Model


def _lookalikes(word: str) -> Iterator[Lookalike]:
    """What shares trigrams with the word, judged letter by letter: that tells exchanged digits from other numbers."""
    for name in ("number", "po"):
        for order in _sharing(Order.objects.filter(**{f"{name}__trigram_similar": word}), name, word):
            yield Lookalike(_likeness(word, getattr(order, name)), getattr(order, name), "order", order)
    for style in _sharing(Style.objects.filter(code__trigram_similar=word), "code", word):
        yield Lookalike(_likeness(word, style.code), style.code, "style", style)
    for customer in _customers_like(word):
        yield Lookalike(_likeness(word, customer.name), customer.name, "order__customer", customer)


def _sharing(rows: QuerySet[Any], name: str, word: str) -> list[Any]:
    return list(rows.annotate(shared=TrigramSimilarity(name, word)).order_by("-shared", "pk")[:CANDIDATES])


def _customers_like(word: str) -> list[Customer]:
    """Trigrams of Chinese names are known to databases of a UTF-8 locale only, so these names are compared here."""
    if word.isascii():
        return list(Customer.objects.annotate(shared=TrigramWordSimilarity(word, "name")).filter(shared__gte=LIKE_ENOUGH)[:CANDIDATES])
    names = list(Customer.objects.values_list("name", flat=True))
    return list(Customer.objects.filter(name__in=difflib.get_close_matches(word, names, MAX_SIMILAR, cutoff=LIKE_ENOUGH)))


def _likeness(word: str, name: str) -> float:
    return difflib.SequenceMatcher(None, word.lower(), name.lower()).ratio()


def _any_of(parts: list[Q]) -> Q | None:
    if not parts:
        return None
    wanted = parts[0]
    for part in parts[1:]:
        wanted |= part
    return wanted

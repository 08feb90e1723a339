"""Search in the order book by contract, PO, style and customer; where nothing contains a word, by what looks like it."""

import difflib
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Greatest

from orders.models import Customer, Order, OrderLine, Style
from planning_site.workbooks.cells import half_width

MAX_WORDS = 3
MAX_SIMILAR = 8
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
    orders = Order.objects.filter(Q(number__trigram_similar=word) | Q(po__trigram_similar=word)).annotate(
        by_number=TrigramSimilarity("number", word),
        by_po=TrigramSimilarity("po", word),
        score=Greatest("by_number", "by_po"),
    )
    styles = Style.objects.filter(code__trigram_similar=word).annotate(score=TrigramSimilarity("code", word))
    hits: list[tuple[float, str, str, Model]] = []
    for path, rows in (("order", _best(orders)), ("style", _best(styles)), ("order__customer", _customers_like(word))):
        hits += [(row.score, path, row.po if path == "order" and row.by_po > row.by_number else str(row), row) for row in rows]
    best = max((score for score, *_ in hits), default=0)
    hits = sorted((hit for hit in hits if hit[0] >= best - CLOSE), key=lambda hit: (-hit[0], hit[2]))[:MAX_SIMILAR]
    by_path: dict[str, list[Model]] = {}
    for _score, path, _name, row in hits:
        by_path.setdefault(path, []).append(row)
    return _any_of([Q(**{f"{path}__in": rows}) for path, rows in by_path.items()]) or Q(pk__in=[]), list(
        dict.fromkeys(hit[2] for hit in hits)
    )


def _customers_like(word: str) -> list[Any]:
    """Customers with a score. Trigrams of Chinese names are only known to databases of a UTF-8 locale, so these are compared here."""
    if word.isascii():
        return _best(Customer.objects.annotate(score=TrigramWordSimilarity(word, "name")).filter(score__gte=LIKE_ENOUGH))
    names = list(Customer.objects.values_list("name", flat=True))
    near = difflib.get_close_matches(word, names, MAX_SIMILAR, cutoff=LIKE_ENOUGH)
    customers = list(Customer.objects.filter(name__in=near))
    for customer in customers:
        customer.score = difflib.SequenceMatcher(None, word, customer.name).ratio()  # type: ignore[attr-defined]
    return customers


def _best(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.order_by("-score", "pk")[:MAX_SIMILAR])


def _any_of(parts: list[Q]) -> Q | None:
    if not parts:
        return None
    wanted = parts[0]
    for part in parts[1:]:
        wanted |= part
    return wanted

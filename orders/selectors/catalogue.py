"""Styles as order entry and imports need them: colours, sizes, the run of the last order, and what a wrong code may have meant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Customer, Order, OrderLine, Style, StyleColour
from orders.sizes import SizeRun, in_order
from planning_site.core.models import User
from planning_site.workbooks.cells import half_width


@dataclass(frozen=True)
class StyleCard:
    """A style with its colours by name and the size run of its last order (empty if it never was ordered)."""

    style: Style
    colours: dict[str, StyleColour]
    last_run: SizeRun
    last_order: str

    @property
    def sizes(self) -> tuple[str, ...]:
        return self.style.sizes

    @property
    def range_label(self) -> str:
        """`38–45`; styles of one range stand together."""
        return f"{self.sizes[0]}–{self.sizes[-1]}" if len(self.sizes) > 1 else self.sizes[0]


class Catalogue:
    """Style cards by code, whatever its case, read with three queries however many codes are wanted."""

    def __init__(self, codes: Collection[str]) -> None:
        wanted = {plain_code(code) for code in codes if code.strip()}
        styles = list(Style.objects.annotate(lower=Lower("code")).filter(lower__in=wanted).prefetch_related("colours")) if wanted else []
        last = {line.style_id: line for line in _last_lines(styles)} if styles else {}
        self._cards = {plain_code(style.code): _card(style, last.get(style.pk)) for style in styles}

    def get(self, code: str) -> StyleCard | None:
        return self._cards.get(plain_code(code))


def plain_code(code: str) -> str:
    """A code as people may type it, made comparable: half width, lower case, without blanks around."""
    return half_width(code).lower()


def styles_by_code() -> dict[str, Style]:
    """All styles by code in upper case: a factory has hundreds, a file may name any, in any case."""
    return {style.code.upper(): style for style in Style.objects.all()}


def unknown_style(code: str, known: Sequence[str]) -> tuple[str, list[str]]:
    """The sentence for a code that no style has, and the codes, of those that are `known` in upper case, that look like it."""
    letters = sorted(code.upper())
    # swapped digits are the likeliest slip: codes of the same characters first
    close = sorted(get_close_matches(code.upper(), known, 12, 0.7), key=lambda other: sorted(other) != letters)[:3]
    if not close:
        return _("There is no style %(code)s.") % {"code": code}, close
    words = {"code": code, "codes": pgettext("list", ", ").join(close)}
    return _("There is no style %(code)s. Close to it: %(codes)s.") % words, close


def styles_like(text: str, limit: int = 20) -> list[Style]:
    """Styles for typing ahead: those whose code begins so, then those that contain it, then what looks like it."""
    word = half_width(text)
    if not word:
        return list(Style.objects.all()[:limit])
    beginning = list(Style.objects.filter(code__istartswith=word)[:limit])
    if len(beginning) < limit:
        rest = Style.objects.filter(Q(code__has_text=word) | Q(family__has_text=word)).exclude(pk__in=[style.pk for style in beginning])
        beginning += rest[: limit - len(beginning)]
    return beginning or list(Style.objects.filter(code__trigram_similar=word)[:limit])


def customers_like(text: str, limit: int = 20) -> list[Customer]:
    """Customers for typing ahead, by a part of the name or the beginning of the code."""
    word = half_width(text)
    return list(Customer.objects.filter(Q(name__has_text=word) | Q(code__istartswith=word)).order_by("name")[:limit])


def own_customers(user: User, limit: int = 30) -> list[Customer]:
    """Those that the person looks after: most orders are theirs."""
    return list(Customer.objects.filter(salesperson__user=user).order_by("name")[:limit])


def _last_lines(styles: Collection[Style]) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(style__in=styles).exclude(order__state=Order.State.CANCELLED).select_related("order")
    return lines.order_by("style_id", "-order__ordered_on", "-pk").distinct("style_id")


def _card(style: Style, last: OrderLine | None) -> StyleCard:
    return StyleCard(
        style=style,
        colours={colour.name: colour for colour in style.colours.all()},
        last_run=in_order({size: pairs for size, pairs in last.sizes.items() if size in style.sizes}) if last else {},
        last_order=last.order.number if last else "",
    )

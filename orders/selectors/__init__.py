"""What others read of sales: orders, lines, styles."""

from orders.selectors.book import open_lines, order_book, order_page, recent_orders, totals
from orders.selectors.catalogue import Catalogue, StyleCard, customers_like, own_customers, styles_by_code, styles_like, unknown_style
from orders.selectors.search import Found, search

__all__ = [
    "Catalogue",
    "Found",
    "StyleCard",
    "customers_like",
    "open_lines",
    "order_book",
    "order_page",
    "own_customers",
    "recent_orders",
    "search",
    "styles_by_code",
    "styles_like",
    "totals",
    "unknown_style",
]

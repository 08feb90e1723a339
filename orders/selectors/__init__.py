"""What others read of sales: orders, lines, styles."""

from orders.selectors.book import open_lines, order_book, order_page, recent_orders, totals
from orders.selectors.catalogue import Catalogue, StyleCard, styles_like
from orders.selectors.search import Found, search

__all__ = ["Catalogue", "Found", "StyleCard", "open_lines", "order_book", "order_page", "recent_orders", "search", "styles_like", "totals"]

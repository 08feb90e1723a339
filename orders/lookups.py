"""A lookup that the trigram indexes serve: `name__has_text="nord"`. Django's `icontains` compares upper case, which none of them does."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import PatternLookup


class HasText(PatternLookup):
    """Contains, whatever the case; `%` and `_` stand for themselves."""

    lookup_name = "has_text"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ILIKE {right}", (*left_params, *right_params)

"""Numbers without gaps or doubles: given inside the transaction that uses them, so a rollback gives them back."""

from django.db import connection

from planning_site.core.models import NumberSeries


def next_number(key: str) -> int:
    """The next number of a series, starting at 1.

    The row stays locked until the caller's transaction ends: whoever comes second waits, and takes the same number again if
    the first one rolls back. Raises RuntimeError outside a transaction, where a failure would leave a gap.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is given only inside the transaction that uses it.")
    NumberSeries.objects.bulk_create([NumberSeries(key=key)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(pk=key)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last

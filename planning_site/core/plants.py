"""The plant that a request is about. With one plant nobody has to choose."""

from planning_site.core.models import Plant

DEFAULT_CODE = "P1"


def default_plant() -> Plant:
    """The first plant; made on demand, so that a new installation can take its first workbook."""
    return Plant.objects.first() or Plant.objects.get_or_create(code=DEFAULT_CODE, defaults={"name": "本厂"})[0]

"""`manage.py measure_material_plan`: what it says is what was calculated, and nothing of it stays."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from orders.models import OrderLine
from planning_site.core.models import Plant
from procurement.models import JobKit, Requirement, StockMove

pytestmark = pytest.mark.django_db


def test_a_factory_is_made_measured_twice_and_taken_back() -> None:
    out = StringIO()
    with translation.override("en"):
        call_command("measure_material_plan", "--jobs=12", "--parts=3", "--sizes=4", "--again", stdout=out)
    first, second = out.getvalue().splitlines()
    for line in (first, second):
        assert f"{12 * 3 * 4} requirements and 12 kits" in line
        # two styles share one material of every part
        assert f"material_plan of {3 * 4} rows" in line
    assert not Plant.objects.filter(code="MEASURE").exists()
    assert not any(model._default_manager.exists() for model in (OrderLine, Requirement, JobKit, StockMove))


@pytest.mark.parametrize("wrong", ["--jobs=0", "--parts=0", "--sizes=31"])
def test_a_size_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(CommandError):
        call_command("measure_material_plan", wrong)

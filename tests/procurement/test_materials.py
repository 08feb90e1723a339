"""How a material is bought (D3): changed on a page, kept in its history, counted at once."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from planning_site.core.audit import history_of
from planning_site.core.departments import Department
from planning_site.core.models import User
from planning_site.core.plants import default_plant
from procurement.models import Material, MaterialCategory, Requirement, Supplier
from procurement.services import requirements
from tests import factories
from tests.procurement import stock_factories
from tests.procurement.test_kits_rows import bill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def frozen() -> object:
    with time_machine.travel("2026-12-08 10:00+08:00", tick=False):
        yield


@pytest.fixture
def lu(client: Client) -> User:
    person = factories.user(Department.PURCHASING, name="lu", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def leather() -> Material:
    of = stock_factories.material("M-WN", unit="平方英尺")
    of.name, of.category = "面料 酒红", MaterialCategory.objects.get(name="面料").name
    of.save()
    return of


def filled(material: Material, **changes: object) -> dict[str, object]:
    """The form as the browser sends it back."""
    kept = {
        "name": material.name,
        "category": material.category,
        "supplier": material.supplier_id or "",
        "lead_time_days": "" if material.lead_time_days is None else material.lead_time_days,
        "minimum_order": material.minimum_order or "",
        "order_multiple": material.order_multiple or "",
    }
    return kept | changes


def test_a_lead_time_decides_by_when_to_order_as_soon_as_it_is_known(client: Client, lu: User, leather: Material) -> None:
    line = stock_factories.job({"38": 100})
    bill(line, (leather, "面料", "2", "cutting", "0"))
    requirements.recalculate(default_plant())
    assert Requirement.objects.get().order_by is None
    address = f"/procurement/materials/{leather.pk}/"
    assert "not known" in client.get(address).content.decode()
    ruifeng = Supplier.objects.create(code="G01", name="瑞丰皮革")
    response = client.post(f"{address}edit/", filled(leather, lead_time_days=25, supplier=ruifeng.pk, minimum_order="300"), follow=True)
    assert response.redirect_chain == [(address, 302)]
    need = Requirement.objects.get()
    assert need.order_by == need.needed_on - dt.timedelta(days=25)
    [change] = history_of(leather)
    assert (change.by, change.values["lead_time_days"], change.values["supplier"]) == (lu, [None, "25"], [None, str(ruifeng.pk)])
    page = response.content.decode()
    assert "lead time, calendar days" in page
    assert "瑞丰皮革" in page


def test_one_dye_lot_per_job_shares_the_stock_anew(client: Client, lu: User, leather: Material) -> None:
    line = stock_factories.job({"38": 100})
    bill(line, (leather, "面料", "2", "cutting", "0"))
    for lot in ("A", "B"):
        stock_factories.fill(leather, 120, lot=lot)
    requirements.recalculate(default_plant())
    assert Requirement.objects.get().short == 0
    client.post(f"/procurement/materials/{leather.pk}/edit/", filled(leather, one_lot_per_job="on"))
    assert Requirement.objects.get().short == 200, "240 lie there, but no lot has 200"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_order": "0"}, "0.001"),
        ({"lead_time_days": "-1"}, "0"),
        ({"name": ""}, "required"),
        ({"category": "没有"}, "valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    client: Client, lu: User, leather: Material, changes: dict[str, str], words: str
) -> None:
    response = client.post(f"/procurement/materials/{leather.pk}/edit/", filled(leather, **changes))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not history_of(leather)


def test_a_new_material_has_its_unit_and_sizes_for_good(client: Client, lu: User) -> None:
    new = {"code": "S99-BK", "name": "大底 黑", "unit": "双", "by_size": "on", "category": "底材", "order_multiple": "12"}
    response = client.post("/procurement/materials/new/", new)
    made = Material.objects.get(code="S99-BK")
    assert response["Location"] == f"/procurement/materials/{made.pk}/"
    assert (made.by_size, made.unit, made.order_multiple) == (True, "双", Decimal(12))
    assert "already exists" in client.post("/procurement/materials/new/", new).content.decode()
    client.post(f"/procurement/materials/{made.pk}/edit/", filled(made, unit="米", by_size=""))
    made.refresh_from_db()
    assert (made.unit, made.by_size) == ("双", True), "the ledger keeps it so"

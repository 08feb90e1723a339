"""Every URL × every department × reading and writing, against a table of its own: a changed rule has to be changed here too."""

import itertools
from typing import Literal

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from planning_site.core.access import ACCESS, may
from planning_site.core.departments import Department
from tests import factories

pytestmark = pytest.mark.django_db

LETTERS = {
    "S": Department.SALES,
    "P": Department.PLANNING,
    "T": Department.TECHNICAL,
    "Q": Department.QC,
    "B": Department.PURCHASING,
    "O": Department.PRODUCTION,
    "W": Department.WORKSHOP,
    "H": Department.WAREHOUSE,
    "G": Department.GM,
}
ALL = "".join(LETTERS)
PUBLIC = {"core:login", "core:logout", "core:preferences", "core:health"}

# URL name → (who may read, who may write)
EXPECTED: dict[str, tuple[str, str]] = {
    "core:home": (ALL, ""),
    "core:plant": (ALL, ALL),
    "scheduling:team_lend": ("P", "P"),
    "scheduling:team_loan_end": ("P", "P"),
    "inbox:home": (ALL, ""),
    "inbox:count": (ALL, ""),
    "inbox:search": (ALL, ""),
    "orders:list": (ALL, ""),
    "orders:export": (ALL, ""),
    "orders:detail": (ALL, ""),
    "orders:create": ("S", "S"),
    "orders:edit": ("S", "S"),
    "orders:check": ("S", "S"),
    "orders:state": ("S", "S"),
    "orders:suggest": ("S", ""),
    "orders:style_sizes": ("S", ""),
    "workbooks:upload": ("SPBHT", "SPBHT"),
    "workbooks:job": ("SPBHT", ""),
    "workbooks:columns": ("SPBHT", "SPBHT"),
    "workbooks:correct": ("SPBHT", "SPBHT"),
    "workbooks:approve": ("SPBHT", "SPBHT"),
    "workbooks:drop": ("SPBHT", "SPBHT"),
    "workbooks:wrong_rows": ("SPBHT", ""),
    "scheduling:month": (ALL, ""),
    "scheduling:week": (ALL, ""),
    "scheduling:day": (ALL, ""),
    "scheduling:load": (ALL, ""),
    "scheduling:plan": (ALL, ""),
    "scheduling:plan_export": (ALL, ""),
    "scheduling:plan_publish": ("P", "P"),
    "scheduling:plan_request": ("P", "P"),
    "scheduling:plan_job": (ALL, ""),
    "scheduling:plan_job_levers": (ALL, ""),
    "scheduling:plan_job_try": ("P", "P"),
    "scheduling:plan_made": (ALL, ""),
    "scheduling:plan_improve": ("P", "P"),
    "scheduling:plan_again": ("P", "P"),
    "scheduling:postpone": ("SPOG", ""),
    "scheduling:postpone_ask": ("P", "P"),
    "scheduling:postpone_answer": ("S", "S"),
    "scheduling:postpone_close": ("P", "P"),
    "scheduling:capacity": ("SPGO", ""),
    "scheduling:capacity_tell": ("P", "P"),
    "scheduling:promise": ("SPGO", ""),
    "scheduling:promise_reserve": ("SP", "SP"),
    "scheduling:promise_release": ("SP", "SP"),
    "scheduling:what_ifs": ("POG", "P"),
    "scheduling:what_if": ("POG", "P"),
    "scheduling:plan_gates": (ALL, ""),
    "scheduling:plan_swap": ("P", "P"),
    "scheduling:hits": (ALL, ""),
    "scheduling:rules": ("SPGO", "P"),
    "scheduling:rule_end": ("P", "P"),
    "scheduling:weights": ("SPOG", "P"),
    "scheduling:run": (ALL, ""),
    "scheduling:run_cancel": ("P", "P"),
    "scheduling:runs": ("PGO", ""),
    "scheduling:order_plan": (ALL, ""),
    "scheduling:instructions": (ALL, ""),
    "scheduling:instruction": (ALL, ""),
    "scheduling:instruction_export": (ALL, ""),
    "scheduling:instructions_make": ("P", "P"),
    "scheduling:instruction_edit": ("P", "P"),
    "scheduling:instructions_issue": ("P", "P"),
    "scheduling:instructions_acknowledge": ("BQOWH", "BQOWH"),
    "scheduling:teams": (ALL, ""),
    "scheduling:trial_rates": ("PT", "PT"),
    "scheduling:team_edit": ("P", "P"),
    "procurement:work": ("BPHOG", ""),
    "procurement:draft": ("B", "B"),
    "procurement:recalculate": ("BP", "BP"),
    "procurement:plan": (ALL, ""),
    "procurement:plan_export": (ALL, ""),
    "procurement:material": (ALL, ""),
    "procurement:material_new": ("B", "B"),
    "procurement:material_edit": ("B", "B"),
    "procurement:orders": ("BPHOQG", ""),
    "procurement:order": ("BPHOQG", ""),
    "procurement:order_new": ("B", "B"),
    "procurement:order_edit": ("B", "B"),
    "procurement:order_send": ("B", "B"),
    "procurement:order_export": ("BPG", ""),
    "procurement:order_promise": ("B", "B"),
    "procurement:order_impact": ("BP", ""),
    "procurement:chase": ("BP", "BP"),
    "procurement:order_cancel": ("B", "B"),
    "procurement:usage_list": (ALL, ""),
    "procurement:usage": (ALL, ""),
    "procurement:usage_edit": ("BT", "BT"),
    "procurement:suppliers": ("BPHQG", ""),
    "procurement:supplier": ("BPHQG", ""),
    "procurement:supplier_export": ("BPG", ""),
    "procurement:supplier_new": ("B", "B"),
    "procurement:supplier_edit": ("B", "B"),
    "procurement:kits": (ALL, ""),
    "procurement:kits_export": (ALL, ""),
    "procurement:kits_row": (ALL, ""),
    "procurement:kits_material": (ALL, ""),
    "procurement:kits_material_chase": ("BP", "BP"),
    "procurement:kits_chase": (ALL, ""),
    "procurement:kits_chase_export": (ALL, ""),
    "procurement:stock": ("HPBOWQG", ""),
    "procurement:stock_export": ("HPBOWQG", ""),
    "procurement:stock_desk": ("HPBOWQG", ""),
    "procurement:stock_card": ("HPBOWQG", ""),
    "procurement:stock_pairs_list": ("HPBOWQG", ""),
    "procurement:stock_documents": ("HPBOWQG", ""),
    "procurement:stock_document": ("HPBOWQG", ""),
    "procurement:stock_reverse": ("H", "H"),
    "procurement:stock_receive": ("H", "H"),
    "procurement:stock_issue": ("H", "H"),
    "procurement:stock_return": ("H", "H"),
    "procurement:stock_transfer": ("H", "H"),
    "procurement:stock_scrap": ("H", "H"),
    "procurement:stock_pairs": ("H", "H"),
    "procurement:stock_counts": ("HPBOWQG", "H"),
    "procurement:stock_count": ("HPBOWQG", "H"),
    "procurement:stock_count_decide": ("HP", "HP"),
    "outbox:list": (ALL, ""),
    "outbox:detail": (ALL, ""),
    "outbox:attachment": (ALL, ""),
    "outbox:resend": ("P", "P"),
    "outbox:mark_sent": ("P", "P"),
    "quality:styles": (ALL, ""),
    "quality:export": (ALL, ""),
    "quality:style": (ALL, ""),
    "quality:history": (ALL, ""),
    "quality:plan_make": ("P", "P"),
    "quality:plan_edit": ("P", "P"),
    "quality:plan_review": ("T", "T"),
    "quality:trial_make": ("PT", "PT"),
    "quality:sign": ("Q", "Q"),
    "quality:mine": (ALL, ""),
    "quality:item_deliver": (ALL, ALL),
    "quality:item_delay": (ALL, ALL),
    "quality:version_review": ("T", "T"),
    "quality:file": (ALL, ""),
    "quality:standards": (ALL, "PT"),
    "quality:trials": (ALL, ""),
    "quality:trial": (ALL, ""),
    "quality:trial_stage": ("WOTQ", "WOTQ"),
    "quality:trial_problem": ("WOTQP", "WOTQP"),
    "quality:problem_close": (ALL, ALL),
    "quality:trial_hand_over": ("WOT", "WOT"),
    "quality:inspections": (ALL, ""),
    "quality:inspection": (ALL, ""),
    "quality:inspection_new": ("Q", "Q"),
    "quality:inspection_lines": ("Q", ""),
    "quality:inspection_reverse": ("Q", "Q"),
    "quality:blocked_release": ("Q", "Q"),
    "quality:defects": (ALL, "Q"),
    "quality:tools": (ALL, ""),
    "quality:tools_export": (ALL, ""),
    "quality:tool": (ALL, "TOHP"),
    "quality:tool_new": ("TOHP", "TOHP"),
    "quality:tools_paste": ("TOHP", "TOHP"),
}
CASES = sorted(EXPECTED)
ARGUMENTS: tuple[dict[str, object], ...] = (
    {},
    {"pk": 999_999},
    {"pk": 999_999, "line": 999_999},
    {"pk": 999_999, "material": 999_999},
    {"pk": 999_999, "target": "cancelled"},
)


def address(name: str) -> str:
    """The URL of a name, for something that does not exist where it takes arguments."""
    for arguments in ARGUMENTS:
        try:
            return reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} takes other arguments than this test knows")


def answer(client: Client, method: Literal["read", "write"], url: str) -> int:
    return (client.get(url) if method == "read" else client.post(url)).status_code


@pytest.fixture
def clients() -> dict[str, Client]:
    """One browser per department, signed in."""
    found = {}
    for letter, department in LETTERS.items():
        found[letter] = Client()
        found[letter].force_login(factories.user(department))
    return found


def test_every_rule_has_its_line_here() -> None:
    assert EXPECTED.keys() | PUBLIC == ACCESS.keys()
    assert {name for name, entry in ACCESS.items() if entry.public} == PUBLIC


@pytest.mark.parametrize("name", CASES)
def test_a_page_opens_to_whom_it_should_and_to_nobody_else(name: str, clients: dict[str, Client]) -> None:
    url = address(name)
    refused: dict[str, set[str]] = {"read": set(), "write": set()}
    for letter, method in itertools.product(LETTERS, ("read", "write")):
        status = answer(clients[letter], method, url)  # type: ignore[arg-type]
        assert status < 500, f"{letter} {method} {url}: {status}"
        if status == 403:
            refused[method].add(letter)
    readers, writers = EXPECTED[name]
    assert refused == {"read": set(ALL) - set(readers), "write": set(ALL) - set(writers)}


@pytest.mark.parametrize("name", CASES)
def test_strangers_are_sent_to_the_login_page(name: str, client: Client) -> None:
    url = address(name)
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 302
        assert response["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("name", CASES)
def test_somebody_without_a_department_and_one_of_an_unknown_group_get_nothing(name: str) -> None:
    url = address(name)
    for person in (factories.user(), factories.user("catering")):
        client = Client()
        client.force_login(person)
        assert [client.get(url).status_code, client.post(url).status_code] == [403, 403]


@pytest.mark.parametrize("name", CASES)
def test_a_superuser_is_never_refused(name: str) -> None:
    client = Client()
    client.force_login(factories.user(superuser=True))
    url = address(name)
    for status in (answer(client, "read", url), answer(client, "write", url)):
        assert status != 403
        assert status < 500


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_need_nobody(name: str, client: Client) -> None:
    url = address(name)
    for response in (client.get(url), client.post(url)):
        assert response.status_code < 500
        assert not response.headers.get("Location", "").startswith("/login/?next=")


def test_a_name_without_a_rule_is_refused_even_to_a_superuser() -> None:
    assert not may(factories.user(superuser=True), "orders:secret")


def test_the_departments_of_a_person_add_up() -> None:
    both = factories.user(Department.SALES, Department.QC)
    assert may(both, "orders:create", "write")
    assert may(both, "quality:sign", "write")
    assert not may(both, "scheduling:plan_publish", "write")


def test_the_admin_is_for_staff_only(client: Client) -> None:
    client.force_login(factories.user(Department.GM))
    assert client.get("/admin/").status_code == 302
    client.force_login(factories.user(superuser=True))
    assert client.get("/admin/").status_code == 200

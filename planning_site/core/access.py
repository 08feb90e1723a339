"""Who may do what: the one table. Every URL name stands here; one that does not is refused and reported by a system check.

A rule names the departments that may read (GET) and those that may write (POST). A superuser may do everything.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from planning_site.core.departments import Department
from planning_site.core.models import User

EVERYBODY = frozenset(Department)
NOBODY: frozenset[Department] = frozenset()


@dataclass(frozen=True)
class Rule:
    """Departments that may read and write behind a URL name. `public` needs no login."""

    read: frozenset[Department]
    write: frozenset[Department] = NOBODY
    public: bool = False


def rule(read: Collection[Department] | None = None, write: Collection[Department] = NOBODY, *, public: bool = False) -> Rule:
    """Without `read`, whoever may write may read; where nobody writes, everybody reads."""
    readers = read if read is not None else write or EVERYBODY
    return Rule(frozenset(readers), frozenset(write), public)


SALES, PLANNING, TECHNICAL, QC, PURCHASING = (
    Department.SALES,
    Department.PLANNING,
    Department.TECHNICAL,
    Department.QC,
    Department.PURCHASING,
)
PRODUCTION, WORKSHOP, WAREHOUSE, GM = Department.PRODUCTION, Department.WORKSHOP, Department.WAREHOUSE, Department.GM

IMPORTERS = (SALES, PLANNING, PURCHASING, WAREHOUSE, TECHNICAL)
STOCK_READERS = (WAREHOUSE, PLANNING, PURCHASING, PRODUCTION, WORKSHOP, QC, GM)

ACCESS: dict[str, Rule] = {
    "core:login": rule(public=True),
    # open to people without a department too, and to strangers: language and theme of the login page
    "core:logout": rule(public=True),
    "core:preferences": rule(public=True),
    "core:health": rule(public=True),
    "core:plant": rule(write=EVERYBODY),
    "core:home": rule(),
    # Sales
    "orders:list": rule(),
    "orders:export": rule(),
    "orders:detail": rule(),
    "orders:create": rule([SALES], [SALES]),
    "orders:edit": rule([SALES], [SALES]),
    "orders:check": rule([SALES], [SALES]),
    "orders:state": rule([SALES], [SALES]),
    "orders:suggest": rule([SALES]),
    "orders:style_sizes": rule([SALES]),
    # Import of workbooks: whoever owns some of the data
    "workbooks:upload": rule(IMPORTERS, IMPORTERS),
    "workbooks:job": rule(IMPORTERS),
    "workbooks:columns": rule(write=IMPORTERS),
    "workbooks:correct": rule(write=IMPORTERS),
    "workbooks:approve": rule(write=IMPORTERS),
    "workbooks:drop": rule(write=IMPORTERS),
    "workbooks:wrong_rows": rule(IMPORTERS),
    # What everybody starts with
    "inbox:home": rule(),
    "inbox:count": rule(),
    "inbox:search": rule(),
    # Planning
    "scheduling:month": rule(),
    "scheduling:week": rule(),
    "scheduling:day": rule(),
    "scheduling:load": rule(),
    "scheduling:plan": rule(),
    "scheduling:plan_export": rule(),
    "scheduling:plan_publish": rule([PLANNING], [PLANNING]),
    "scheduling:plan_request": rule([PLANNING], [PLANNING]),
    "scheduling:plan_job": rule(),
    "scheduling:plan_job_levers": rule(),
    "scheduling:plan_job_try": rule([PLANNING], [PLANNING]),
    "scheduling:plan_made": rule(),
    "scheduling:plan_improve": rule([PLANNING], [PLANNING]),
    "scheduling:plan_again": rule([PLANNING], [PLANNING]),
    "scheduling:postpone": rule([SALES, PLANNING, GM, PRODUCTION]),
    "scheduling:postpone_ask": rule([PLANNING], [PLANNING]),
    "scheduling:postpone_answer": rule([SALES], [SALES]),
    "scheduling:postpone_close": rule([PLANNING], [PLANNING]),
    "scheduling:capacity": rule([SALES, PLANNING, GM, PRODUCTION]),
    "scheduling:capacity_tell": rule([PLANNING], [PLANNING]),
    "scheduling:promise": rule([SALES, PLANNING, GM, PRODUCTION]),
    "scheduling:promise_reserve": rule([SALES, PLANNING], [SALES, PLANNING]),
    "scheduling:promise_release": rule([SALES, PLANNING], [SALES, PLANNING]),
    "scheduling:what_ifs": rule([PLANNING, GM, PRODUCTION], [PLANNING]),
    "scheduling:what_if": rule([PLANNING, GM, PRODUCTION], [PLANNING]),
    "scheduling:plan_gates": rule(),
    "scheduling:plan_swap": rule(write=[PLANNING]),
    "scheduling:hits": rule(),
    "scheduling:rules": rule([PLANNING, GM, PRODUCTION, SALES], [PLANNING]),
    "scheduling:rule_end": rule([PLANNING], [PLANNING]),
    "scheduling:weights": rule([PLANNING, GM, PRODUCTION, SALES], [PLANNING]),
    "scheduling:run": rule(),
    "scheduling:run_cancel": rule([PLANNING], [PLANNING]),
    "scheduling:runs": rule([PLANNING, GM, PRODUCTION]),
    "scheduling:order_plan": rule(),
    "scheduling:instructions": rule(),
    "scheduling:instruction": rule(),
    "scheduling:instruction_export": rule(),
    "scheduling:instructions_make": rule(write=[PLANNING]),
    "scheduling:instruction_edit": rule(write=[PLANNING]),
    "scheduling:instructions_issue": rule(write=[PLANNING]),
    "scheduling:instructions_acknowledge": rule(write=[PURCHASING, QC, PRODUCTION, WORKSHOP, WAREHOUSE]),
    "scheduling:teams": rule(),
    "scheduling:trial_rates": rule([PLANNING, TECHNICAL], [PLANNING, TECHNICAL]),
    "scheduling:team_edit": rule([PLANNING], [PLANNING]),
    "scheduling:team_lend": rule(write=[PLANNING]),
    "scheduling:team_loan_end": rule(write=[PLANNING]),
    # Warehouses and kits
    "procurement:kits": rule(),
    "procurement:kits_export": rule(),
    "procurement:kits_row": rule(),
    "procurement:kits_material": rule(),
    "procurement:kits_material_chase": rule(write=[PURCHASING, PLANNING]),
    "procurement:kits_chase": rule(),
    "procurement:kits_chase_export": rule(),
    "procurement:stock": rule(STOCK_READERS),
    "procurement:stock_export": rule(STOCK_READERS),
    "procurement:stock_desk": rule(STOCK_READERS),
    "procurement:stock_card": rule(STOCK_READERS),
    "procurement:stock_pairs_list": rule(STOCK_READERS),
    "procurement:stock_documents": rule(STOCK_READERS),
    "procurement:stock_document": rule(STOCK_READERS),
    "procurement:stock_reverse": rule(write=[WAREHOUSE]),
    "procurement:stock_receive": rule(write=[WAREHOUSE]),
    "procurement:stock_issue": rule(write=[WAREHOUSE]),
    "procurement:stock_return": rule(write=[WAREHOUSE]),
    "procurement:stock_transfer": rule(write=[WAREHOUSE]),
    "procurement:stock_scrap": rule(write=[WAREHOUSE]),
    "procurement:stock_pairs": rule(write=[WAREHOUSE]),
    "procurement:stock_counts": rule(STOCK_READERS, [WAREHOUSE]),
    "procurement:stock_count": rule(STOCK_READERS, [WAREHOUSE]),
    # two people: the service refuses whoever counted
    "procurement:stock_count_decide": rule(write=[WAREHOUSE, PLANNING]),
    # Outbox
    "outbox:list": rule(),
    "outbox:detail": rule(),
    "outbox:attachment": rule(),
    "outbox:resend": rule([PLANNING], [PLANNING]),
    "outbox:mark_sent": rule([PLANNING], [PLANNING]),
    # Purchasing
    "procurement:work": rule([PURCHASING, PLANNING, WAREHOUSE, PRODUCTION, GM]),
    "procurement:draft": rule(write=[PURCHASING]),
    "procurement:recalculate": rule(write=[PURCHASING, PLANNING]),
    "procurement:plan": rule(),
    "procurement:plan_export": rule(),
    "procurement:material": rule(),
    "procurement:material_new": rule(write=[PURCHASING]),
    "procurement:material_edit": rule(write=[PURCHASING]),
    "procurement:orders": rule([PURCHASING, PLANNING, WAREHOUSE, PRODUCTION, QC, GM]),
    "procurement:order": rule([PURCHASING, PLANNING, WAREHOUSE, PRODUCTION, QC, GM]),
    "procurement:order_new": rule(write=[PURCHASING]),
    "procurement:order_edit": rule(write=[PURCHASING]),
    "procurement:order_send": rule(write=[PURCHASING]),
    "procurement:order_export": rule([PURCHASING, PLANNING, GM]),
    "procurement:order_promise": rule(write=[PURCHASING]),
    "procurement:order_impact": rule([PURCHASING, PLANNING]),
    # planning's tracker chases suppliers too (D7, E5.1)
    "procurement:chase": rule(write=[PURCHASING, PLANNING]),
    "procurement:order_cancel": rule(write=[PURCHASING]),
    "procurement:usage_list": rule(),
    "procurement:usage": rule(),
    "procurement:usage_edit": rule(write=[PURCHASING, TECHNICAL]),
    "procurement:suppliers": rule([PURCHASING, PLANNING, WAREHOUSE, QC, GM]),
    "procurement:supplier": rule([PURCHASING, PLANNING, WAREHOUSE, QC, GM]),
    "procurement:supplier_export": rule([PURCHASING, PLANNING, GM]),
    "procurement:supplier_new": rule(write=[PURCHASING]),
    "procurement:supplier_edit": rule(write=[PURCHASING]),
    # Technical and QC
    "quality:styles": rule(),
    "quality:export": rule(),
    "quality:style": rule(),
    "quality:history": rule(),
    "quality:plan_make": rule(write=[PLANNING]),
    "quality:plan_edit": rule(write=[PLANNING]),
    "quality:plan_review": rule(write=[TECHNICAL]),
    "quality:trial_make": rule(write=[PLANNING, TECHNICAL]),
    "quality:sign": rule([QC], [QC]),
    "quality:mine": rule(),
    # an item's owner may be of any department; the service asks whose it is
    "quality:item_deliver": rule(write=EVERYBODY),
    "quality:item_delay": rule(write=EVERYBODY),
    "quality:version_review": rule(write=[TECHNICAL]),
    "quality:file": rule(),
    "quality:standards": rule(EVERYBODY, [PLANNING, TECHNICAL]),
    "quality:trials": rule(),
    "quality:trial": rule(),
    "quality:trial_stage": rule(write=[WORKSHOP, PRODUCTION, TECHNICAL, QC]),
    "quality:trial_problem": rule(write=[WORKSHOP, PRODUCTION, TECHNICAL, QC, PLANNING]),
    "quality:problem_close": rule(write=EVERYBODY),
    "quality:trial_hand_over": rule(write=[WORKSHOP, PRODUCTION, TECHNICAL]),
    "quality:inspections": rule(),
    "quality:inspection": rule(),
    "quality:inspection_new": rule(write=[QC]),
    "quality:inspection_lines": rule([QC]),
    "quality:inspection_reverse": rule(write=[QC]),
    "quality:blocked_release": rule(write=[QC]),
    "quality:defects": rule(EVERYBODY, [QC]),
    "quality:tools": rule(),
    "quality:tools_export": rule(),
    "quality:tool": rule(EVERYBODY, [TECHNICAL, PRODUCTION, WAREHOUSE, PLANNING]),
    "quality:tool_new": rule(write=[TECHNICAL, PRODUCTION, WAREHOUSE, PLANNING]),
    "quality:tools_paste": rule(write=[TECHNICAL, PRODUCTION, WAREHOUSE, PLANNING]),
}

# Whose rows a workbook may bring in, by the code of the sheet's kind; the command line brings in everything.
IMPORTS: dict[str, frozenset[Department]] = {
    "orders.customers": frozenset({SALES}),
    "orders.styles": frozenset({SALES, TECHNICAL, PLANNING}),
    "orders.colours": frozenset({SALES, TECHNICAL, PLANNING}),
    "orders.order_book": frozenset({SALES, PLANNING}),
    "orders.notice": frozenset({SALES, PLANNING}),
    "procurement.suppliers": frozenset({PURCHASING}),
    "procurement.materials": frozenset({PURCHASING, TECHNICAL}),
    "procurement.usage": frozenset({PURCHASING, TECHNICAL}),
    "procurement.notice_usage": frozenset({PURCHASING, TECHNICAL, SALES}),
    "procurement.stock": frozenset({WAREHOUSE, PURCHASING}),
    "procurement.purchases": frozenset({PURCHASING}),
    "scheduling.teams": frozenset({PLANNING}),
    "scheduling.stage_minutes": frozenset({PLANNING, TECHNICAL}),
    "scheduling.minutes": frozenset({PLANNING, TECHNICAL}),
    "scheduling.calendar": frozenset({PLANNING}),
}


def may_import(user: User, sheet_kind: str) -> bool:
    """Whether a person may bring in rows of this kind of sheet."""
    return user.is_superuser or not IMPORTS.get(sheet_kind, NOBODY).isdisjoint(user.departments)


def may(user: User, url_name: str, method: Literal["read", "write"] = "read") -> bool:
    """Whether a logged-in person may read or write behind a URL name."""
    entry = ACCESS.get(url_name)
    if entry is None:
        return False
    if user.is_superuser:
        return True
    allowed = entry.read if method == "read" else entry.write
    return not allowed.isdisjoint(user.departments)

"""What stands in whose inbox: each department has its own kinds of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from planning_site.core.departments import Department
from procurement.models import PurchaseOrderLine
from scheduling.digest.sections import Reader
from scheduling.inbox import styles, wording
from scheduling.inbox.facts import InboxFacts
from scheduling.inbox.rows import COUNTED, KEYS, Group, Inbox, Key, Row

SHOWN = 8  # rows of a group before "show more"

Builder = Callable[[InboxFacts, Reader], Iterable[Row]]


def broken_runs(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    return (wording.broken_run(run) for run in facts.broken_runs)


def stuck_mails(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    if facts.stuck_mails:
        yield wording.stuck_mails(facts.stuck_mails, facts.day)


def waiting_imports(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    return (wording.waiting_import(job) for job in facts.waiting_imports)


def drafts(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    return (wording.draft(plan) for plan in facts.drafts)


def missing_day_plan(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    if facts.is_day_plan_missing:
        yield wording.missing_day_plan(facts.day)


def orders(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """Lines that are or will be late, and those that are due in the next days."""
    for late in facts.late_lines:
        if reader.looks_after(late.line.order):
            yield wording.late_line(late, facts.day, facts.until)
    for line, finish in facts.due_lines:
        if reader.looks_after(line.order):
            yield wording.due_line(line, finish, facts.day)


def shipping(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """What has to leave the house: the orders that are due or overdue, not those that will be late one day."""
    return (row for row in orders(facts, reader) if row.group != "planned")


def material(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """All sizes of a material that one supplier promised for one day are one row."""
    together: dict[tuple[int, int | None, dt.date | None], list[PurchaseOrderLine]] = {}
    for line in facts.material:
        together.setdefault((line.material_id, line.supplier_id, line.promised_on), []).append(line)
    receives = Department.WAREHOUSE in facts.departments
    return (wording.material(lines, facts.day, receives=receives) for lines in together.values())


def hits(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """What will not be there when a job is to begin, the first to begin first."""
    return (wording.hit(found, facts.day, facts.until) for found in facts.hits)


def instructions(facts: InboxFacts, reader: Reader) -> Iterator[Row]:
    """However many instruction orders wait for the reader, they are one row."""
    if facts.instructions:
        yield wording.instructions(facts.instructions)


BUILDERS: dict[Department, tuple[Builder, ...]] = {
    Department.SALES: (waiting_imports, styles.delays, styles.items, orders),
    Department.PLANNING: (
        broken_runs,
        stuck_mails,
        drafts,
        missing_day_plan,
        waiting_imports,
        hits,
        styles.delays,
        styles.planners_part,
        styles.items,
        orders,
        styles.unreleased_styles,
    ),
    Department.TECHNICAL: (
        waiting_imports,
        styles.plans_to_sign,
        styles.versions_to_sign,
        styles.items,
        styles.problems,
        styles.unreleased_styles,
    ),
    Department.QC: (instructions, styles.reports, styles.items, styles.problems, styles.unreleased_styles),
    Department.PURCHASING: (waiting_imports, instructions, styles.items, material),
    Department.PRODUCTION: (missing_day_plan, instructions, styles.items, orders),
    Department.WORKSHOP: (missing_day_plan, instructions, styles.items, styles.problems),
    Department.WAREHOUSE: (waiting_imports, instructions, material, shipping),
    Department.GM: (broken_runs, stuck_mails, styles.items, orders),
}


def watches_orders(facts: InboxFacts) -> bool:
    """Whether order lines are any of the reader's business."""
    return any({orders, shipping} & set(BUILDERS[department]) for department in facts.departments)


def rows_for(facts: InboxFacts, *, only_mine: bool = False) -> list[Row]:
    """Everything in the reader's inbox, most urgent group first. With `only_mine` a salesperson sees the own customers' orders."""
    departments = facts.departments
    builders = dict.fromkeys(builder for department in Department if department in departments for builder in BUILDERS[department])
    reader = Reader(facts.user.salesperson.pk if only_mine else None)
    rows = dict.fromkeys(row for builder in builders for row in builder(facts, reader))  # two departments may watch the same thing
    return sorted(rows, key=lambda row: (KEYS.index(row.group), row.rank, row.day))


def inbox_of(facts: InboxFacts, *, only_mine: bool = False, opened: str = "") -> Inbox:
    """The inbox as groups; the group named in `opened` shows all of its rows."""
    by_key: dict[Key, list[Row]] = {key: [] for key in KEYS}
    for row in rows_for(facts, only_mine=only_mine):
        by_key[row.group].append(row)
    groups = tuple(_group(key, rows, is_open=key == opened) for key, rows in by_key.items() if rows)
    return Inbox(groups, {key: len(rows) for key, rows in by_key.items()})


def _group(key: Key, rows: list[Row], *, is_open: bool) -> Group:
    return Group(key, str(wording.TITLES[key]), tuple(rows if is_open else rows[:SHOWN]), len(rows))


def count_for(facts: InboxFacts) -> int:
    """The number on the rail."""
    return sum(row.group in COUNTED for row in rows_for(facts))

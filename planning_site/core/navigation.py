"""Where one can go: sections of the rail with their pages. Who sees what is asked of `core.access`, never written here."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_site.core import access
from planning_site.core.departments import Department
from planning_site.core.models import User

ON_THE_BAR = 4  # entries of the phone's bottom bar beside "more"


@dataclass(frozen=True)
class Page:
    """A page of the sub-navigation. `also` names the pages behind it, which keep its entry marked; `go` is its key after G."""

    url_name: str
    label: str | Promise
    also: tuple[str, ...] = ()
    go: str = ""


@dataclass(frozen=True)
class Section:
    """An entry of the rail. It stands first for the people of its departments."""

    key: str
    label: str | Promise
    pages: tuple[Page, ...]
    departments: frozenset[Department] = frozenset()


@dataclass(frozen=True)
class Entry:
    """A section as one person sees it."""

    key: str
    label: str | Promise
    pages: tuple[Page, ...]
    is_current: bool
    on_bar: bool


@dataclass(frozen=True)
class Navigation:
    """The rail, and the pages of the section that is open."""

    entries: tuple[Entry, ...]
    pages: tuple[Page, ...]
    current_page: Page | None

    @property
    def is_current_off_bar(self) -> bool:
        """Whether the open section hides behind the phone's "more"."""
        return any(entry.is_current and not entry.on_bar for entry in self.entries)


ORDERS = Page("orders:list", _("Orders"), ("orders:detail", "orders:edit", "orders:state"), go="O")
POSTPONE = Page("scheduling:postpone", _("Postponements"))
PROMISE = Page("scheduling:promise", _("Ask a date"))
NEW_ORDER = Page("orders:create", _("New order"))
IMPORT = Page("workbooks:upload", _("Import"), ("workbooks:job",))
MONTH = Page("scheduling:month", _("Month plan"), go="M")
WEEK = Page("scheduling:week", _("Week plan"), go="W")
DAY = Page("scheduling:day", _("Day plan"), go="D")
INSTRUCTIONS = Page("scheduling:instructions", _("Instruction orders"), ("scheduling:instruction", "scheduling:instruction_edit"))
LOAD = Page("scheduling:load", pgettext_lazy("page", "Load"), ("scheduling:capacity",))
TEAMS = Page("scheduling:teams", _("Teams"), ("scheduling:team_edit",))
RUNS = Page(
    "scheduling:runs",
    _("Plan runs"),
    ("scheduling:run", "scheduling:weights", "scheduling:rules", "scheduling:what_ifs", "scheduling:what_if"),
)
STYLES = Page(
    "quality:styles",
    _("New styles"),
    ("quality:style", "quality:plan_edit", "quality:sign", "quality:item_deliver", "quality:item_delay", "quality:standards"),
)
MY_ITEMS = Page("quality:mine", _("My items"))
TRIALS = Page("quality:trials", _("Trials"), ("quality:trial", "quality:trial_make", "scheduling:trial_rates"))
INSPECTIONS = Page("quality:inspections", _("Inspections"), ("quality:inspection", "quality:inspection_new", "quality:defects"))
TOOLS = Page("quality:tools", _("Tooling"), ("quality:tool", "quality:tool_new", "quality:tools_paste"))

STOCK_DESK = Page(
    "procurement:stock_desk",
    _("Store desk"),
    tuple(f"procurement:stock_{name}" for name in ("receive", "issue", "return", "transfer", "scrap", "pairs")),
)
STOCK = Page("procurement:stock", _("Stock"), ("procurement:stock_card", "procurement:stock_pairs_list"))
STOCK_DOCUMENTS = Page("procurement:stock_documents", _("Slips"), ("procurement:stock_document",))
STOCK_COUNTS = Page("procurement:stock_counts", _("Counts"), ("procurement:stock_count",))
KITS = Page("procurement:kits", _("Shortages and kits"), ("procurement:kits_row", "procurement:kits_material"), go="K")
CHASE = Page("procurement:kits_chase", _("Chase material"))

BUYING = Page("procurement:work", pgettext_lazy("purchasing", "Work list"))
MATERIAL_PLAN = Page("procurement:plan", _("Material plan"), ("procurement:material", "procurement:material_edit"))
PURCHASES = Page(
    "procurement:orders",
    _("Purchase orders"),
    ("procurement:order", "procurement:order_new", "procurement:order_edit", "procurement:order_cancel"),
)
USAGE = Page(
    "procurement:usage_list", pgettext_lazy("page", "Usage"), ("procurement:usage", "procurement:usage_edit", "procurement:material_new")
)
SUPPLIERS = Page("procurement:suppliers", _("Suppliers"), ("procurement:supplier", "procurement:supplier_new", "procurement:supplier_edit"))

INBOX = Page("inbox:home", _("Inbox"), ("inbox:search",), go="I")
MAIL = Page("outbox:list", _("Mail"), ("outbox:detail",))

WAREHOUSE_PAGES = (STOCK_DESK, STOCK, STOCK_DOCUMENTS, STOCK_COUNTS, KITS, CHASE, IMPORT)

SECTIONS = (
    Section("inbox", _("Inbox"), (INBOX, MAIL)),
    Section("sales", pgettext_lazy("rail", "Sales"), (ORDERS, NEW_ORDER, PROMISE, POSTPONE, IMPORT), frozenset({Department.SALES})),
    Section(
        "planning", pgettext_lazy("rail", "Planning"), (MONTH, WEEK, DAY, INSTRUCTIONS, LOAD, TEAMS, RUNS), frozenset({Department.PLANNING})
    ),
    Section(
        "purchasing",
        pgettext_lazy("rail", "Purchasing"),
        (BUYING, MATERIAL_PLAN, PURCHASES, USAGE, SUPPLIERS, IMPORT),
        frozenset({Department.PURCHASING}),
    ),
    Section("warehouse", pgettext_lazy("rail", "Warehouse"), WAREHOUSE_PAGES, frozenset({Department.WAREHOUSE})),
    Section(
        "quality",
        pgettext_lazy("rail", "Tech & QC"),
        (STYLES, MY_ITEMS, TRIALS, INSPECTIONS, TOOLS, IMPORT),
        frozenset({Department.TECHNICAL, Department.QC}),
    ),
    Section("workshop", pgettext_lazy("rail", "Workshops"), (DAY, WEEK, TRIALS), frozenset({Department.WORKSHOP})),
)

# What the phone's bar shows after the inbox and one's own section.
BAR_WISHES: dict[Department, tuple[str, ...]] = {
    Department.PURCHASING: ("planning", "warehouse"),
    Department.SALES: ("planning",),
    Department.PLANNING: ("sales",),
    Department.TECHNICAL: ("sales", "planning"),
    Department.QC: ("sales", "planning"),
    Department.PRODUCTION: ("planning", "sales"),
    Department.GM: ("sales", "planning"),
    Department.WAREHOUSE: ("planning", "sales"),
    Department.WORKSHOP: ("planning", "sales"),
}


def sections_for(user: User) -> list[tuple[Section, tuple[Page, ...]]]:
    """The sections a person sees with the pages they may read, own departments first after the inbox.

    A page stands in one section only: the first that has it. So the rail never leads to the same page twice.
    """
    inbox, *others = SECTIONS
    ordered = [inbox, *sorted(others, key=lambda section: section.departments.isdisjoint(user.departments))]
    taken: set[str] = set()
    out = []
    for section in ordered:
        pages = tuple(page for page in section.pages if page.url_name not in taken and access.may(user, page.url_name))
        taken.update(page.url_name for page in pages)
        if pages:
            out.append((section, pages))
    return out


def keys_on_bar(user: User, keys: list[str]) -> set[str]:
    """Which sections stand on the phone's bottom bar: inbox, own department, those the role needs, then the rest in order."""
    wished = [key for department in Department if department in user.departments for key in BAR_WISHES.get(department, ())]
    own = [section.key for section in SECTIONS if not section.departments.isdisjoint(user.departments)]
    ranked = dict.fromkeys(key for key in ["inbox", *own, *wished, *keys] if key in keys)
    return set(list(ranked)[:ON_THE_BAR])


def navigation_for(user: User, url_name: str) -> Navigation:
    """The navigation of a person who has the page `url_name` open."""
    seen = sections_for(user)
    on_bar = keys_on_bar(user, [section.key for section, _pages in seen])
    open_section, open_page = None, None
    for section, pages in seen:
        for page in pages:
            if url_name == page.url_name or url_name in page.also:
                open_section, open_page = section, page
    entries = tuple(Entry(section.key, section.label, pages, section is open_section, section.key in on_bar) for section, pages in seen)
    pages = next((entry.pages for entry in entries if entry.is_current), ())
    return Navigation(entries, pages, open_page)

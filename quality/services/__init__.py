"""What technical and QC do. Every function is one transaction and leaves its history."""

from quality.services.defects import save_defect
from quality.services.delays import report_delay
from quality.services.escalation import escalate_late_items
from quality.services.files import Upload, store_file, store_photo
from quality.services.findings import Count, Findings, Found
from quality.services.inspections import inspect_line, reverse_inspection
from quality.services.items import deliver, may_deliver, review_version
from quality.services.plans import ItemChange, change_plan, follow_due_days, make_missing_plans, make_plan, review_plan
from quality.services.problems import add_problem, close_problem
from quality.services.receipts import inspect_receipt, release_blocked
from quality.services.releases import require_released, sign_release
from quality.services.standards import Standard, change_standards
from quality.services.tooling import ToolData, link_lasts, save_tool, set_styles
from quality.services.trials import Measured, hand_over, mark_minutes_taken, plan_trial, report_stage

__all__ = [
    "Count",
    "Findings",
    "Found",
    "ItemChange",
    "Measured",
    "Standard",
    "ToolData",
    "Upload",
    "add_problem",
    "change_plan",
    "change_standards",
    "close_problem",
    "deliver",
    "escalate_late_items",
    "follow_due_days",
    "hand_over",
    "inspect_line",
    "inspect_receipt",
    "link_lasts",
    "make_missing_plans",
    "make_plan",
    "mark_minutes_taken",
    "may_deliver",
    "plan_trial",
    "release_blocked",
    "report_delay",
    "report_stage",
    "require_released",
    "reverse_inspection",
    "review_plan",
    "review_version",
    "save_defect",
    "save_tool",
    "set_styles",
    "sign_release",
    "store_file",
    "store_photo",
]

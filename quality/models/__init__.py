"""Technical and QC: pre-production of new styles, trials and release, inspections, tooling by size."""

from quality.models.files import StoredFile
from quality.models.inspections import DefectCode, Inspection, InspectionDefect, InspectionSize
from quality.models.preparation import Delay, Escalation, ItemVersion, PlanItem, PreparationPlan
from quality.models.release import StyleRelease
from quality.models.steps import Step
from quality.models.tooling import StyleTool, Tool, ToolSize
from quality.models.trials import Trial, TrialProblem, TrialStage

__all__ = [
    "DefectCode",
    "Delay",
    "Escalation",
    "Inspection",
    "InspectionDefect",
    "InspectionSize",
    "ItemVersion",
    "PlanItem",
    "PreparationPlan",
    "Step",
    "StoredFile",
    "StyleRelease",
    "StyleTool",
    "Tool",
    "ToolSize",
    "Trial",
    "TrialProblem",
    "TrialStage",
]

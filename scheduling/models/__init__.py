"""Planning: stages, workshops and teams, plans with their entries, the runs that make plans, and how they are weighed."""

from scheduling.models.approvals import PlanException, PlanSwap
from scheduling.models.capacity import Stage, StyleRate, Team, Workshop
from scheduling.models.capacity_notices import CapacityNotice
from scheduling.models.hits import PlanHit
from scheduling.models.inputs import PlanInput
from scheduling.models.instructions import InstructionOrder, InstructionReceiver, InstructionVersion
from scheduling.models.loans import TeamLoan
from scheduling.models.plans import Plan, PlanEntry, PlanJob
from scheduling.models.requests import PostponeRequest
from scheduling.models.reservations import DateReservation
from scheduling.models.rules import PlanRule, PlanRuleLine
from scheduling.models.runs import PlanRun
from scheduling.models.weights import PlanWeights
from scheduling.models.whatif import Assumption, WhatIf

__all__ = [
    "Assumption",
    "CapacityNotice",
    "DateReservation",
    "InstructionOrder",
    "InstructionReceiver",
    "InstructionVersion",
    "Plan",
    "PlanEntry",
    "PlanException",
    "PlanHit",
    "PlanInput",
    "PlanJob",
    "PlanRule",
    "PlanRuleLine",
    "PlanRun",
    "PlanSwap",
    "PlanWeights",
    "PostponeRequest",
    "Stage",
    "StyleRate",
    "Team",
    "TeamLoan",
    "WhatIf",
    "Workshop",
]

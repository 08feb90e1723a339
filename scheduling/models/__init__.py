"""Planning: stages, workshops and teams, plans with their entries, and the runs that make plans."""

from scheduling.models.capacity import Stage, StyleRate, Team, Workshop
from scheduling.models.plans import Plan, PlanEntry, PlanJob
from scheduling.models.runs import PlanRun

__all__ = ["Plan", "PlanEntry", "PlanJob", "PlanRun", "Stage", "StyleRate", "Team", "Workshop"]

"""The sheets planning understands: teams, minutes per pair and stage, the calendar."""

from scheduling.imports import calendar, rates, teams

__all__ = ["calendar", "rates", "teams"]

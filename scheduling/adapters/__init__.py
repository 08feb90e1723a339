"""The only bridge between rows and the engine: rows → `engine.Problem`, `engine.Plan` → rows. It translates and decides nothing."""

from scheduling.adapters.fingerprint import fingerprint
from scheduling.adapters.problem import Framed, frame_problem, wanted_days
from scheduling.adapters.rows import metrics_of, plan_entries, plan_jobs
from scheduling.adapters.snapshot import Snapshot, read_snapshot

__all__ = [
    "Framed",
    "Snapshot",
    "fingerprint",
    "frame_problem",
    "metrics_of",
    "plan_entries",
    "plan_jobs",
    "read_snapshot",
    "wanted_days",
]

"""The only bridge between rows and the engine: rows → `engine.Problem`, `engine.Plan` → rows. It translates and decides nothing."""

from scheduling.adapters.assumptions import assume
from scheduling.adapters.inputs import PackedInput, UnreadableInputError, fingerprint, name_of_entries, pack_input, unpack_input
from scheduling.adapters.problem import Framed, frame_problem, wanted_days
from scheduling.adapters.rows import metrics_of, plan_entries, plan_jobs
from scheduling.adapters.snapshot import Snapshot, read_snapshot
from scheduling.adapters.version import engine_version
from scheduling.adapters.works import Work, known_entries, pack_works, starting_entries, stay_near, unpack_works, works_of_plan

__all__ = [
    "Framed",
    "PackedInput",
    "Snapshot",
    "UnreadableInputError",
    "Work",
    "assume",
    "engine_version",
    "fingerprint",
    "frame_problem",
    "known_entries",
    "metrics_of",
    "name_of_entries",
    "pack_input",
    "pack_works",
    "plan_entries",
    "plan_jobs",
    "read_snapshot",
    "starting_entries",
    "stay_near",
    "unpack_input",
    "unpack_works",
    "wanted_days",
    "works_of_plan",
]

"""What the optional fields of a problem mean: days, lags and pairs, worked out in one place. No search, no plan."""

from collections.abc import Mapping

from .graph import turned
from .problem import Job, Line, Problem, Stage


def lag_after(problem: Problem, stage: Stage, feeder: str) -> int:
    """Days after which `stage` may take up what `feeder` has made."""
    return stage.lags.get(feeder, problem.lag)


def lags_before(problem: Problem) -> dict[str, int]:
    """Days of lag on the longest way to each stage."""
    by_name = {s.id: s for s in problem.stages}
    days: dict[str, int] = {}

    def count(name: str) -> int:
        if name not in days:
            days[name] = max((count(f) + lag_after(problem, by_name[name], f) for f in by_name[name].after), default=0)
        return days[name]

    return {name: count(name) for name in by_name}


def lags_behind(problem: Problem) -> dict[str, int]:
    """Days of lag on the longest way from each stage to the last."""
    takers = turned({s.id: s.after for s in problem.stages})
    by_name = {s.id: s for s in problem.stages}
    days: dict[str, int] = {}

    def count(name: str) -> int:
        if name not in days:
            days[name] = max((count(t) + lag_after(problem, by_name[t], name) for t in takers[name]), default=0)
        return days[name]

    return {name: count(name) for name in by_name}


def distance(line: Line) -> tuple[int, int]:
    """Days of transport to a line and back."""
    return line.out_days, line.back_days


def taken_up(line: Line, day: int) -> int:
    """The day on which a line takes up from the stages before what it works on on a day; 0 if that was before."""
    return max(0, day - line.out_days)


def there(line: Line, day: int) -> int:
    """The day on which what a line works on on a day is there."""
    return day + line.back_days


def start_day(job: Job, stage: str) -> int:
    """The first day on which a job may be worked on at a stage, its feeders aside."""
    return max(0, job.release, job.ready.get(stage, 0))


def made_pairs(problem: Problem, job: Job) -> Mapping[str, int]:
    """Pairs already made by stage; what a later stage has made, those that feed it must have made, reported or not."""
    if not job.made:
        return dict.fromkeys((s.id for s in problem.stages), 0)
    behind = turned({s.id: s.after for s in problem.stages})
    made: dict[str, int] = {}

    def count(stage: str) -> int:
        if stage not in made:
            made[stage] = max([job.made.get(stage, 0), *(count(s) for s in behind[stage])])
        return made[stage]

    return {s.id: count(s.id) for s in problem.stages}


def left_to_make(problem: Problem, job: Job) -> dict[str, int]:
    """Pairs still to be planned by stage."""
    return {stage: job.pairs - pairs for stage, pairs in made_pairs(problem, job).items()}


def is_done(problem: Problem, job: Job) -> bool:
    """True if nothing of a job is left to plan."""
    return bool(job.made) and not any(left_to_make(problem, job).values())

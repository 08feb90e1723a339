"""A finished plan seen from its lines and jobs: who worked when, what was left, when material was there."""

from collections import defaultdict
from collections.abc import Sequence

from .plan import Entry
from .problem import Job, Problem


class Load:
    """Look-ups over a feasible plan; built in O(entries). Minutes as in the problem, days as offsets."""

    def __init__(self, problem: Problem, entries: Sequence[Entry]) -> None:
        self.problem = problem
        self.lines = {line.id: line for line in problem.lines}
        self.feeders = {s.id: s.after for s in problem.stages}
        self.depth = self._far(self.feeders)
        behind: dict[str, tuple[str, ...]] = {s: tuple(t for t in self.feeders if s in self.feeders[t]) for s in self.feeders}
        self.tail = self._far(behind)
        (self.last_stage,) = [s for s in behind if not behind[s]]
        self.work: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)  # (line, day) -> (job, minutes)
        self._used: dict[tuple[str, int], float] = defaultdict(float)
        self._last: dict[tuple[str, str], int] = {}
        self._able: dict[tuple[str, str], tuple[str, ...]] = {}
        self._daily: dict[tuple[str, str], list[float]] = {}
        jobs = {j.id: j for j in problem.jobs}
        style: dict[str, str] = {}
        for e in sorted(entries, key=lambda e: e.day):
            job = jobs[e.job]
            minutes = e.pairs * job.minutes[e.stage]
            self.work[e.line, e.day].append((e.job, minutes))
            if style.get(e.line, job.style) != job.style:
                minutes += self.lines[e.line].changeover
            style[e.line] = job.style
            self._used[e.line, e.day] += minutes
            self._last[e.job, e.stage] = e.day

    def _far(self, graph: dict[str, tuple[str, ...]]) -> dict[str, int]:
        """Stages on the longest way along a graph without circles."""
        known: dict[str, int] = {}
        while len(known) < len(graph):
            for s, near in graph.items():
                if s not in known and all(n in known for n in near):
                    known[s] = max((known[n] + 1 for n in near), default=0)
        return known

    def able(self, stage: str, family: str) -> tuple[str, ...]:
        """Lines that can make a family at a stage."""
        key = stage, family
        if key not in self._able:
            self._able[key] = tuple(
                line.id for line in self.problem.lines if line.stage == stage and (line.families is None or family in line.families)
            )
        return self._able[key]

    def changeover(self, line: str) -> float:
        return self.lines[line].changeover

    def regular_left(self, line: str, day: int) -> float:
        return self.lines[line].minutes[day] - self._used.get((line, day), 0.0)

    def room_left(self, line: str, day: int) -> float:
        """Minutes left with overtime."""
        return self.regular_left(line, day) + self.lines[line].overtime[day]

    def last_day(self, job: str, stage: str) -> int:
        return self._last[job, stage]

    def material(self, job: Job, stage: str) -> tuple[int, str | None]:
        """Day on which all pairs of the job may be worked on at the stage, and the feeder that came last (None: release)."""
        feeders = self.feeders[stage]
        if not feeders:
            return max(0, job.release), None
        last = max(feeders, key=lambda s: self._last[job.id, s])
        return max(job.release, self._last[job.id, last] + self.problem.lag), last

    def open_days(self, job: Job, stage: str) -> tuple[int, int]:
        """First and last day on which the stage may work on the job."""
        lag = self.problem.lag
        return max(0, job.release) + lag * self.depth[stage], self.problem.days - 1 - lag * self.tail[stage]

    def _capacity(self, stage: str, family: str) -> list[float]:
        """Minutes with overtime by day of all lines that can make a family at a stage."""
        key = stage, family
        if key not in self._daily:
            rows = [self.lines[name] for name in self.able(stage, family)]
            self._daily[key] = [sum(r.minutes[d] + r.overtime[d] for r in rows) for d in range(self.problem.days)]
        return self._daily[key]

    def finish_alone(self, job: Job) -> int | None:
        """Day of the last pair if the job had every able line to itself from its release on; None if beyond the horizon."""
        lag, days = self.problem.lag, self.problem.days
        done: dict[str, list[int]] = {}
        for stage in sorted(self.feeders, key=lambda s: self.depth[s]):
            daily, total, made = self._capacity(stage, job.family), 0, [0] * days
            for day in range(max(0, job.release), days):
                ready = min((done[f][day - lag] if day >= lag else 0 for f in self.feeders[stage]), default=job.pairs)
                total = max(total, min(ready, total + int(daily[day] / job.minutes[stage])))
                made[day] = total
                if total == job.pairs:
                    made[day:] = [total] * (days - day)
                    break
            done[stage] = made
        return next((d for d in range(days) if done[self.last_stage][d] == job.pairs), None)

"""Small factories: a builder with defaults, and a hypothesis strategy."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from scheduling.engine import Costs, Job, Line, Problem, Stage

CHAIN = (Stage("cut"), Stage("stitch", ("cut",)), Stage("pack", ("stitch",)))
GRAPHS: tuple[tuple[Stage, ...], ...] = (
    (Stage("make"),),
    CHAIN,
    (Stage("pack", ("last",)), Stage("last", ("stitch", "bottom")), Stage("stitch", ("cut",)), Stage("bottom"), Stage("cut")),
    (Stage("a"), Stage("b", ("a",)), Stage("c", ("a",)), Stage("d", ("b", "c", "a"))),
)


def line(name: str, stage: str, days: int, minutes: float = 480, overtime: float = 60, **more: Any) -> Line:
    return Line(name, stage, (float(minutes),) * days, (float(overtime),) * days, more.get("families"), more.get("changeover", 10.0))


def job(name: str, minutes: Mapping[str, float], pairs: int = 10, due: int = 5, **more: Any) -> Job:
    given = {"style": "s1", "family": "shoe", "release": 0, "weight": 1.0} | more
    return Job(id=name, pairs=pairs, due=due, minutes=minutes, **given)


def factory(jobs: Sequence[Job], days: int = 10, stages: tuple[Stage, ...] = CHAIN, lag: int = 1, **line_fields: Any) -> Problem:
    """One line at every stage unless `lines` is given."""
    lines = line_fields.pop("lines", None) or tuple(line(f"{s.id}-1", s.id, days, **line_fields) for s in stages)
    return Problem(days, lag, stages, lines, tuple(jobs))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Random small factories: any graph, holidays, families, releases, due days outside the horizon, missing rates."""
    days = draw(st.integers(3, 14))
    stages = draw(st.sampled_from(GRAPHS))
    families = ("boot", "pump")
    capacity = st.lists(st.sampled_from([0.0, 100.0, 480.0, 333.3]), min_size=days, max_size=days)
    lines = []
    for stage in stages:
        for i in range(draw(st.integers(1, 3))):
            able = draw(st.sampled_from([None, frozenset(families), frozenset(families[:1])])) if i else None
            minutes, overtime = tuple(draw(capacity)), tuple(draw(capacity))
            lines.append(Line(f"{stage.id}{i}", stage.id, minutes, overtime, able, draw(st.sampled_from([0.0, 7.5, 45.0]))))
    jobs = []
    for i in range(draw(st.integers(0, 9))):
        rates = {s.id: draw(st.sampled_from([0.37, 2.0, 11.5, 60.0])) for s in stages}
        if draw(st.integers(0, 19)) == 0:
            rates.pop(stages[0].id)
        jobs.append(
            Job(
                id=f"j{i}",
                style=draw(st.sampled_from(["s1", "s2", "s3"])),
                family=draw(st.sampled_from(families)),
                pairs=draw(st.integers(1, 60)),
                release=draw(st.integers(-3, days)),
                due=draw(st.integers(-5, days + 5)),
                weight=draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])),
                minutes=rates,
            )
        )
    return Problem(days, draw(st.integers(0, 2)), stages, tuple(lines), tuple(jobs), Costs())

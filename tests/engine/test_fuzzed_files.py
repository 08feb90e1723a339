"""Instance files that are damaged in any way: a status and what is wrong, never a trace."""

import json
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.engine import Plan, Problem, solve
from scheduling.engine.bench_format import read_problem, read_problem_file, to_json

EVERY_FIELD: dict[str, Any] = {
    "name": "every field",
    "days": 6,
    "lag": 1,
    "stages": [{"id": "make", "after": []}, {"id": "pack", "after": ["make"], "lags": {"make": 0}}],
    "lines": [
        {"id": "a", "stage": "make", "minutes": [400] * 6, "overtime": [60] * 6, "families": ["shoe"], "changeover": 10, "pair_cost": 0.5},
        {"id": "o", "stage": "make", "minutes": [400] * 6, "overtime": [0] * 6, "families": None, "changeover": 0}
        | {"minimum_lot": 10, "out_days": 1, "back_days": 1, "smallest_lot": 6},
        {"id": "p", "stage": "pack", "minutes": [400] * 6, "overtime": [0] * 6, "families": None, "changeover": 0},
    ],
    "jobs": [
        {
            "id": "x",
            "style": "s1",
            "family": "shoe",
            "pairs": 30,
            "release": 0,
            "due": 3,
            "weight": 1,
            "minutes": {"make": 5, "pack": 1},
            "ready": {"make": 1},
            "made": {"make": 4},
            "tags": ["vip"],
            "only_lines": {"make": ["a"]},
            "prefer": {"make": {"lines": ["a"], "cost": 0.5}},
            "priority": 2,
            "sizes": {"38": 10, "39": 20},
            "tools": {"make": ["last"]},
        }
    ],
    "cost": {"late": 1, "overtime": 0.05, "changeover": 30, "split": 60, "wip": 0.002, "move": 0.1},
    "smallest_lot": 4,
    "base": [{"job": "x", "stage": "make", "line": "a", "day": 2, "pairs": 9}],
    "frozen": [{"job": "x", "stage": "make", "line": "a", "day": 1, "pairs": 3}],
    "bans": [{"line": "a", "first": 5, "last": None, "styles": ["s1"]}],
    "reserved": [{"line": "a", "first": 4, "last": 4, "tags": ["vip"]}],
    "tools": [
        {"id": "last", "turns": 4, "pairs_per_turn": 1, "stock": [{"pieces": {"38": 2, "": 3}, "lines": ["a"], "first": 0, "last": 5}]}
    ],
}
ODD: list[Any] = [None, True, -1, 0, 2.5, 1e18, 10**30, float("nan"), float("inf"), "", "x", [], {}, [None], {"": -1}, [[]], {"make": {}}]


def answer(text: str | bytes) -> Plan:
    """What `solve` on the command line does with a file."""
    problem = read_problem(text)
    plan = solve(problem, rounds=5) if isinstance(problem, Problem) else Plan("invalid", problems=problem)
    assert (plan.status == "invalid") == bool(plan.problems)
    json.dumps(to_json(plan), allow_nan=False)
    return plan


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in parsed JSON."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [(value, k) for k in keys] + [place for k in keys for place in places(value[k])]


def test_file_with_every_field_is_planned() -> None:
    assert answer(json.dumps(EVERY_FIELD)).status == "complete"


@pytest.mark.parametrize("start", range(0, len(ODD), 4))
def test_every_value_of_a_file_may_be_wrong(start: int) -> None:
    for odd in ODD[start : start + 4]:
        for i in range(len(places(EVERY_FIELD))):
            data = deepcopy(EVERY_FIELD)
            container, key = places(data)[i]
            container[key] = odd
            answer(json.dumps(data))


def test_every_field_of_a_file_may_be_missing_doubled_or_unknown() -> None:
    for i in range(len(places(EVERY_FIELD))):
        for change in ("missing", "doubled", "unknown"):
            data = deepcopy(EVERY_FIELD)
            container, key = places(data)[i]
            if change == "missing":
                del container[key]
            elif isinstance(container, list):
                container.append(deepcopy(container[key]))
            else:
                container[f"{key}?"] = container[key]
            answer(json.dumps(data))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(chance=st.randoms(use_true_random=False), count=st.integers(2, 8))
def test_many_faults_are_named_at_once(chance: Random, count: int) -> None:
    data = deepcopy(EVERY_FIELD)
    for _ in range(count):
        container, key = chance.choice(places(data))
        container[key] = deepcopy(chance.choice(ODD))
    answer(json.dumps(data))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(chance=st.randoms(use_true_random=False), garbage=st.binary(max_size=6))
def test_damaged_text_is_refused(chance: Random, garbage: bytes) -> None:
    text = json.dumps(EVERY_FIELD).encode()
    at = chance.randrange(len(text))
    answer(text[:at] + garbage + text[at + chance.randrange(40) :])


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"days": ' + b"9" * 5000 + b"}"])
def test_file_that_holds_no_problem_is_refused(text: bytes) -> None:
    assert answer(text).status == "invalid"


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    faults = read_problem_file(tmp_path)
    assert not isinstance(faults, Problem)
    assert "cannot be read" in str(faults[0])

"""The benchmark's own programs, loaded from tests/bench as modules."""

import importlib.util
import json
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from scheduling.engine import Plan, Problem
from scheduling.engine.bench_format import from_json, to_json

FOLDER = Path(__file__).parent.parent / "bench"


@cache
def program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def instance_text(size: str, seed: int, load: float = 1.06, lag: int = 1) -> str:
    return json.dumps(program("generate").generate(size, seed, load, lag))


def instance(size: str, seed: int, load: float = 1.06, lag: int = 1) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(instance_text(size, seed, load, lag))
    return data


def problem(data: dict[str, Any]) -> Problem:
    read = from_json(data)
    assert isinstance(read, Problem), read
    return read


def judge(data: dict[str, Any], plan: Plan) -> dict[str, Any]:
    report: dict[str, Any] = program("check").check(data, to_json(plan))
    return report


@cache
def clerk_cost(size: str, seed: int) -> float:
    """Cost of the plan that edd.py makes."""
    data = instance(size, seed)
    cost: float = program("check").check(data, program("edd").plan(data))["cost"]
    return cost

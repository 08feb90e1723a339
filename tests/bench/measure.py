"""Measures the engine on the benchmark: the tables of docs/engine.md and a picture of cost over time.

    python tests/bench/measure.py [--sizes S M L] [--seeds 1 2 3] [--seconds 1 10 60] [--quick] [-o docs/engine.md] [--picture FILE.svg]

Every figure is a run of its own of the command line, judged by check.py. The tables stand between two marks in the document.
--quick: S and M, one seed, up to ten seconds, no questions; two minutes instead of half an hour.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from picture import drawn

HERE = Path(__file__).parent
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
PEERS = "frePPLe 9.18 (published): 10 to 67 s for 5,000 orders of 3 stages, 1.2 to 28 s for 1,000."


def output_of(*arguments):
    done = subprocess.run([sys.executable, *map(str, arguments)], check=True, capture_output=True, text=True, cwd=HERE.parent.parent)
    return done.stdout


def instance_of(size, seed, folder):
    """Path of an instance, made if need be."""
    path = folder / f"{size}{seed}.json"
    if not path.exists():
        path.write_text(output_of(HERE / "generate.py", size, seed))
    return path


def run(arguments):
    """Rows of progress and megabytes at the most of one command of the engine."""
    command = [sys.executable, "-m", "scheduling.engine", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent.parent) as process:
        rows = [json.loads(row) for row in process.stdout]
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments}: status {process.returncode}")
    return rows, usage.ru_maxrss / 1024


def cost_of(instance, plan):
    """What a plan costs by check.py, which refuses plans that break a rule."""
    report = json.loads(output_of(HERE / "check.py", instance, plan))
    if report["errors"]:
        raise SystemExit(f"{instance}: {report['errors'][:3]}")
    return report["cost"]


def bound_of(instance, size):
    """The cost that no plan goes below, by bound.py; None where ortools is not installed."""
    try:
        return json.loads(output_of(HERE / "bound.py", instance, *(["--grouped"] if size == "L" else [])))["cost"]
    except subprocess.CalledProcessError as error:
        if "No module named 'ortools'" in error.stderr:
            return None
        raise


def clerk_of(instance, folder):
    plan = folder / "clerk.json"
    plan.write_text(output_of(HERE / "edd.py", instance))
    return cost_of(instance, plan)


def measured(size, seed, seconds, folder):
    """A row of the table, and the curve of the longest run; its plan stays in the folder."""
    instance, plan = instance_of(size, seed, folder), folder / f"plan-{size}{seed}.json"
    edd, bound = clerk_of(instance, folder), bound_of(instance, size)
    costs, memory, curve = [], 0.0, []
    first = None
    for limit in seconds:
        curve, used = run(["solve", instance, "--seconds", limit, "--seed", "1", "--progress", "-o", plan])
        costs.append(cost_of(instance, plan))
        memory, first = max(memory, used), first or curve[0]
    gap = "–" if bound is None else f"{costs[-1] / bound:.2f}"
    figures = " | ".join("–" if x is None else f"{x:,.0f}" for x in (edd, bound, first["cost"], *costs))
    row = f"| {size} {seed} | {figures} | {gap} | {first['seconds']:.2f} s | {memory:,.0f} MB |"
    return row, [(r["seconds"], r["cost"]) for r in curve]


def first_of_largest(folder):
    """A sentence on the first plan of 20,000 jobs."""
    instance, plan = instance_of("XL", 1, folder), folder / "plan-XL1.json"
    rows, used = run(["solve", instance, "--seed", "1", "--progress", "-o", plan])
    return f"XL 1 (20,000 jobs): first plan after {rows[0]['seconds']:.1f} s, {cost_of(instance, plan):,.0f}, {used:,.0f} MB."


def answered(instance, plan, anew):
    """A table of what the engine answers about one plan."""
    rows = [json.loads(row) for row in output_of("-m", "tests.bench.answers", instance, plan, "--anew", anew).splitlines()]
    lines = ["| question | milliseconds | processor | more |", "|---|---|---|---|"]
    for row in rows:
        more = ", ".join(f"{k} {v}" for k, v in row.items() if k not in ("question", "milliseconds", "processor") and v not in ([], None))
        lines.append(f"| {row['question']} | {row['milliseconds']} | {row['processor']} | {more} |")
    return lines


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", default=["S", "M", "L"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--seconds", nargs="+", type=float, default=[1, 10, 60])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("-o", "--document", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.seeds, options.seconds = ["S", "M"], [1], [1, 10]
    return options


def main():
    options = parsed()
    limits = " | ".join(f"{s:g} s" for s in options.seconds)
    head = f"| instance | edd.py | bound.py | first plan | {limits} | last / bound | first after | memory |"
    lines, curves = [head, "|---" * (head.count("|") - 1) + "|"], {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in options.sizes:
            for seed in options.seeds:
                row, curves[f"{size} {seed}"] = measured(size, seed, options.seconds, folder)
                lines.append(row)
                print(row, flush=True)
        lines += ["", PEERS]
        if not options.quick:
            lines += [first_of_largest(folder), ""]
            asked = f"{options.sizes[-1]}{options.seeds[0]}"
            lines += answered(folder / f"{asked}.json", folder / f"plan-{asked}.json", options.seconds[-1])
    print("\n".join(lines))
    if options.picture:
        options.picture.parent.mkdir(exist_ok=True)
        options.picture.write_text(drawn(curves))
    if options.document:
        text = options.document.read_text()
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        options.document.write_text(before + BEGIN + "\n\n" + "\n".join(lines) + "\n\n" + END + after)


if __name__ == "__main__":
    main()

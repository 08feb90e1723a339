"""Small questions about the graph of stages (stage -> the stages that feed it, no circles)."""

from collections.abc import Mapping

Graph = Mapping[str, tuple[str, ...]]


def turned(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Stage -> the stages that it feeds."""
    return {s: tuple(t for t in graph if s in graph[t]) for s in graph}


def far(graph: Graph) -> dict[str, int]:
    """Stages on the longest way from each stage along the graph."""
    known: dict[str, int] = {}
    while len(known) < len(graph):
        for s, near in graph.items():
            if s not in known and all(n in known for n in near):
                known[s] = max((known[n] + 1 for n in near), default=0)
    return known

"""How much of some needs can be met by teams that may not serve all of them; and who is short: the cut (Ford and Fulkerson 1956)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
LEAST = 1e-6  # minutes that count as none


def shortage(needs: Sequence[float], room: Numbers, reach: Numbers) -> tuple[float, list[int]]:
    """Minutes that cannot be met at best, and the needs that are short together: they have no more teams between them than that.

    room: minutes of each team. reach: minutes that each need (row) may take of each team (column), 0 where it may not.
    """
    given, left = np.zeros_like(reach), room.astype(float).copy()
    short = np.array(needs, float)
    while True:
        way = _way(short, left, reach, given)
        if way is None:
            break
        _push(way, short, left, reach, given)
    unmet = float(short.sum())
    return (unmet, _reached(short, reach, given)) if unmet > LEAST * len(needs) else (0.0, [])


def _way(short: Numbers, left: Numbers, reach: Numbers, given: Numbers) -> list[tuple[int, int]] | None:
    """Needs and teams in turn, from a need that is short to a team that has minutes left; the shortest way."""
    needs, teams = reach.shape
    before_team = np.full(teams, -1)
    before_need = np.full(needs, -1)
    queue = [i for i in range(needs) if short[i] > LEAST]
    seen = set(queue)
    for need in queue:  # grows
        for team in np.flatnonzero((reach[need] - given[need] > LEAST) & (before_team < 0)).tolist():
            before_team[team] = need
            if left[team] > LEAST:
                return _back(team, before_team, before_need)
            for other in np.flatnonzero(given[:, team] > LEAST).tolist():
                if other not in seen:
                    seen.add(other)
                    before_need[other] = team
                    queue.append(other)
    return None


def _back(team: int, before_team: npt.NDArray[np.int64], before_need: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    way = []
    while team >= 0:
        need = int(before_team[team])
        way.append((need, team))
        team = int(before_need[need])
    return way[::-1]


def _push(way: list[tuple[int, int]], short: Numbers, left: Numbers, reach: Numbers, given: Numbers) -> None:
    """As many minutes as the way allows: each need takes from its team, and gives back to the one before."""
    amount = min(short[way[0][0]], left[way[-1][1]])
    for i, (need, team) in enumerate(way):
        amount = min(amount, reach[need, team] - given[need, team])
        if i + 1 < len(way):
            amount = min(amount, given[way[i + 1][0], team])
    for i, (need, team) in enumerate(way):
        given[need, team] += amount
        if i + 1 < len(way):
            given[way[i + 1][0], team] -= amount
    short[way[0][0]] -= amount
    left[way[-1][1]] -= amount


def _reached(short: Numbers, reach: Numbers, given: Numbers) -> list[int]:
    """Needs that are short, and those whose teams they would take: all that share the lack."""
    found = [i for i in range(len(short)) if short[i] > LEAST]
    for need in found:  # grows
        for team in np.flatnonzero(reach[need] - given[need] > LEAST).tolist():
            found += [i for i in np.flatnonzero(given[:, team] > LEAST).tolist() if i not in found]
    return sorted(found)

"""Tools by size: what the pieces of a task take of them, and what they leave; see `tooling.size_counts` for the numbers of sizes."""

from .jit import kernel
from .state import Desk, cell_at, kit_at, line_at, need_at, piece_at, pool_at, size_at, task_at

ANY = 1 << 40  # pairs


@kernel
def next_pairs(st: Desk, t: int, after: int) -> tuple[int, int]:
    """The first place (day × lines + line) of a task behind `after`, and its pairs there; -1 if there is none."""
    best, pairs, p = -1, 0, task_at(st, t).head
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        at = cell.day * st.n_lines + cell.line
        if at == best:
            pairs += piece_at(st, p).pairs
        elif at > after and (best < 0 or at < best):
            best, pairs = at, piece_at(st, p).pairs
        p = piece_at(st, p).task_behind
    return int(best), int(pairs)


@kernel
def use_pools(st: Desk, k: int, day: int, start: int, end: int, sign: int) -> None:
    """Add what the pairs from number `start` to before `end` take on a day; a pool that makes more than it can counts as overfull."""
    kit = kit_at(st, k)
    if kit.first < 0:  # only frozen pieces stand where there are no tools
        return
    a, b, left = start, end, int(kit.pairs)
    for z in range(kit.sizes):
        n = size_at(st, kit.mix + z).pairs
        before, after = (2 * a * n + left) // (2 * left), (2 * b * n + left) // (2 * left)
        for x in range(kit.first + z * kit.tools, kit.first + (z + 1) * kit.tools):
            pool = pool_at(st, need_at(st, x).pool * st.days + day)
            had = pool.used
            pool.used += sign * (after - before)
            st.overfull += int(pool.used > pool.room) - int(had > pool.room)
        a, b, left = a - before, b - after, left - n


@kernel
def use_tools(st: Desk, t: int, sign: int) -> None:
    """Add (or take away) what all pieces of a task take of its tools."""
    kit, number = task_at(st, t).kit, task_at(st, t).made
    if kit < 0:
        return
    at, pairs = next_pairs(st, t, -1)
    while at >= 0:
        k = kit * st.n_places + line_at(st, at % st.n_lines).place
        use_pools(st, k, at // st.n_lines, number, number + pairs, sign)
        number += pairs
        at, pairs = next_pairs(st, t, at)


@kernel
def tool_room(st: Desk, t: int, c: int, i: int) -> int:
    """About how many pairs of a task the tools of a cell could make at step i, by `ask_careful`: too many, in proportion, or too few.

    In proportion the parts of a pair count from step to step, as the numbers of sizes do.
    """
    if task_at(st, t).kit < 0:
        return ANY
    cell = cell_at(st, c)
    kit = kit_at(st, task_at(st, t).kit * st.n_places + line_at(st, cell.line).place)
    pairs = ANY if kit.first >= 0 else 0
    for x in range(kit.first, kit.first + kit.sizes * kit.tools if kit.first >= 0 else kit.first):
        need = need_at(st, x)
        pool = pool_at(st, need.pool * st.days + cell.day)
        free = max(0, pool.room - pool.used)
        if free >= need.pairs:
            continue
        most = (i + 1) * free * kit.pairs // need.pairs - i * free * kit.pairs // need.pairs
        if st.ask_careful == 0 and free > 0:
            most = ((2 * free + 1) * kit.pairs - 1) // (2 * need.pairs)
        elif st.ask_careful == 2:
            most = max((free - need.sizes) * kit.pairs // need.pairs, most // 2, min(1, free))
        pairs = min(pairs, most)
    return int(pairs)


@kernel
def same_tools(st: Desk, line: int, other: int) -> bool:
    """True if two lines make the task in question with the same tools."""
    kit = task_at(st, st.ask_task).kit * st.n_places
    return bool(kit_at(st, kit + line_at(st, line).place).first == kit_at(st, kit + line_at(st, other).place).first)


@kernel
def tools_short(st: Desk, t: int) -> bool:
    """True if a piece of a task stands where it has no tools, or where more is made than they can."""
    kit = task_at(st, t).kit
    p = task_at(st, t).head if kit >= 0 else -1
    while p >= 0:
        cell = cell_at(st, piece_at(st, p).cell)
        here = kit_at(st, kit * st.n_places + line_at(st, cell.line).place)
        if here.first < 0 and piece_at(st, p).frozen == 0:
            return True
        for x in range(here.first, here.first + here.sizes * here.tools if here.first >= 0 else here.first):
            pool = pool_at(st, need_at(st, x).pool * st.days + cell.day)
            if pool.used > pool.room:
                return True
        p = piece_at(st, p).task_behind
    return False

"""The records of the tables that kernels work on (`state`): one class for each, its fields with their width."""

from .layout import F8, I4, I8


class Piece:
    """Pairs of a task in a cell; before and behind are its neighbours on the line. A frozen one stays where it is.

    Frozen pieces stand last in the list of their task.
    """

    job: I4
    task: I4
    style: I4
    cell: I4
    pairs: I4
    before: I4
    behind: I4
    task_before: I4
    task_behind: I4
    frozen: I4


class Cell:
    """A line on a day; room is regular minutes and overtime, head and tail its first and last piece or NOWHERE.

    rule: which jobs may not work there (0: all may), see Bar. fed: the day on which what is worked on is taken up from the feeders,
    `there` the day on which it is there for the next stage, lags aside. For a team outside they lie before `day` (but not before
    day 0) and behind it.
    """

    regular: F8
    room: F8
    used: F8
    head: I4
    tail: I4
    line: I4
    day: I4
    rule: I4
    fed: I4
    there: I4


class Task:
    """A job at a stage; minutes per pair, sums of pairs × day and of pairs × days late, lines used, pairs placed.

    It is open as long as pairs are missing; what is placed of an open task stays where it is. quota: pairs to plan;
    made: pairs that were made before day 0; start: the first day it may be worked on, its feeders aside; first: the
    earliest day that lags and the start days of its feeders allow besides.
    stays: its first row of former places, or NOWHERE if it has none. frozen: pairs in frozen pieces; excused: the last
    day on which those run ahead of what can be there, -1 if never: until then nobody has to feed them. kit: the tools it
    needs, NOWHERE if none.
    """

    minutes: F8
    day_sum: I8
    late_sum: I8
    head: I4
    stage: I4
    group: I4
    lines: I4
    placed: I4
    stays: I4
    quota: I4
    made: I4
    start: I4
    first: I4
    frozen: I4
    excused: I4
    kit: I4
    loose: I4  # 1: rounds may move it, on the days from `from_day` and before `until_day`
    from_day: I4
    until_day: I4


class Kin:
    """The jobs, those of one style next to each other."""

    job: I4


class Loose:
    """Two lists side by side: the tasks that rounds may move, and the jobs."""

    task: I4
    job: I4


class Mix:
    """A kind of move: its share of the rounds, how often it was tried and kept."""

    share: F8
    tried: I8
    kept: I8


class Picked:
    """A task that the move in hand has taken pieces of."""

    task: I4


class Job:
    """`missing` is the cost of leaving the job out; `hold` the days after its release at which the first plan wants it."""

    weight: F8
    missing: F8
    style: I4
    pairs: I4
    due: I4
    planned: I4
    hold: I4
    kind: I4  # which rules shut it out, see Bar
    kin: I4  # where the jobs of its style begin among the kins
    kins: I4  # how many there are
    loose: I4  # 1: rounds may move all of its stages


class Line:
    """place: lines with the same number reach the same tools. minimum: pairs of a task it makes at least, if any. distance: lines with
    the same number are as far away: `out` days there and `back` days back.
    """

    changeover: F8
    stage: I4
    place: I4
    minimum: I4
    distance: I4
    out: I4
    back: I4


class Stage:
    """tail: days of lag on the longest way behind it. Stages stand in topological order."""

    tail: I4
    is_root: I4
    is_last: I4


class Bond:
    """From stage a to stage s (at a × stages + s): days of lag on the longest way, if there is one; 1 if a feeds s directly."""

    lag: I4
    linked: I4
    feeds: I4


class Group:
    """Lines able to make one family at one stage: first position in the list of able lines. One group too many."""

    first: I4


class Able:
    """A line that can make the tasks of a group, and what each pair costs there, in 1/SCALE."""

    price: F8
    line: I4


class Bar:
    """Whether a rule (of a cell) shuts out a kind (of job), at rule × kinds + kind."""

    shut: I4


class Stay:
    """Pairs that a task had in a cell in the former plan; the row behind its last one has the cell NOWHERE."""

    cell: I4
    pairs: I4


class Focus:
    """A job that the search draws while it is told to work around some jobs only."""

    job: I4


class Pool:
    """Tools of one size at a place on a day (at pool × days + day): pairs that they can make, and make."""

    room: I4
    used: I4


class Kit:
    """What a kind of task needs at a place (at kit × places + place): rows of needs, `tools` for each size; first is NOWHERE if tools
    are missing. mix: its first size among the mixes, `sizes` of them, `pairs` together.
    """

    first: I4
    tools: I4
    mix: I4
    sizes: I4
    pairs: I4


class Need:
    """A pool that pairs of a size take from; in the first row with the pool, `pairs` of the run by all `sizes` that take from it."""

    pool: I4
    pairs: I4
    sizes: I4


class Size:
    """Pairs of a size in a size run."""

    pairs: I4


class Slip:
    """Two stacks side by side: unused pieces; and the journal, +piece+1 was put, -piece-1 was taken."""

    free: I4
    note: I4


class Step:
    """A step of the walk through a task's window: pairs that may at the most, must at the least, and would be done."""

    upper: I8
    lower: I8
    done: I8
    out: I8  # pairs of the task itself that are there


class Offer:
    """Pairs a line could make at a step in regular time and further ones in overtime, changeovers that takes."""

    regular: I8
    extra: I8
    fee: I8
    scanty: I8  # 1 if less than most of a day is free
    taken: I8
    home: I8  # pairs that may go here without counting as moved
    tools: I8  # pairs for which there are tools


class Row:
    """A line chosen for the task, for how many steps its offers are known, and the step it starts at."""

    price: F8  # of a pair
    line: I4
    known: I4
    start: I4

"""Which sizes a size-skip trial takes: every second of the range, so that a fault of grading shows without making every size (C4)."""

from collections.abc import Sequence

USUAL_PAIRS = 12  # six to twelve a size; one carton at the most


def skipped_sizes(sizes: Sequence[str]) -> tuple[str, ...]:
    """Every second size and always the first and the last: 38, 40, 42, 44, 45 of 38–45. No two skipped sizes stand side by side."""
    taken = list(sizes[::2])
    if sizes and taken[-1] != sizes[-1]:
        taken.append(sizes[-1])
    return tuple(taken)


def usual_run(sizes: Sequence[str], pairs: int = USUAL_PAIRS) -> dict[str, int]:
    """The sizes and pairs that are proposed for a trial."""
    return dict.fromkeys(skipped_sizes(sizes), pairs)

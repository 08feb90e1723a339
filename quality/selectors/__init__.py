"""What others read of technical and QC."""

from quality.selectors.releases import (
    STATE_OF_RESULT,
    AnnotatedStyles,
    NewStyle,
    ReleaseState,
    counts_by_state,
    history_of,
    in_state,
    latest_releases,
    open_new_styles,
    release_states,
    state_of,
    with_signatures,
)

__all__ = [
    "STATE_OF_RESULT",
    "AnnotatedStyles",
    "NewStyle",
    "ReleaseState",
    "counts_by_state",
    "history_of",
    "in_state",
    "latest_releases",
    "open_new_styles",
    "release_states",
    "state_of",
    "with_signatures",
]

"""A search that goes on from an earlier plan."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from .arrays import Model
from .kernels import state as k
from .kernels.anneal import bring_all_in
from .kernels.mend import loosen, mend, relieve_cells
from .loading import load_rows, usable_rows
from .plan import Entry

ROAM = 30  # days around which a style may be met while mending
BRING_IN_TRIES = 20


def resumed(model: Model, entries: Iterable[Entry]) -> k.State:
    """The state of an earlier plan: what cannot stay any more goes in again near it, and jobs that it lacks are put in."""
    own = replace(model, state=model.state.copy())
    rows, _, wrong = usable_rows(own, tuple(entries))
    touched = np.zeros(len(model.jobs), np.uint8)
    touched[wrong] = 1
    load_rows(own.state, rows)
    relieve_cells(own.state.desk, touched)
    loosen(own.state.desk, touched)
    mend(own.state.desk, model.order(3.0), touched, ROAM)
    if own.state.value("left_out"):
        bring_all_in(own.state.desk, BRING_IN_TRIES)
    return own.state

"""What must be true before a job may run: documents (B2), release of the style (C5), material (D5, E4.2), tooling; and who owes it."""

from scheduling.gates.model import Gate, Hold, Kind, LineGates, State
from scheduling.gates.reading import gates_of, is_judged

__all__ = ["Gate", "Hold", "Kind", "LineGates", "State", "gates_of", "is_judged"]

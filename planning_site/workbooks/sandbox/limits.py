"""Bounds of an uploaded workbook, shared by the reading process and its parent."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What a file may cost; sizes in bytes, times in seconds, the rest in counts."""

    file_bytes: int = 32 * 1024 * 1024
    members: int = 2_000
    inflated_bytes: int = 192 * 1024 * 1024
    ratio: int = 150
    ratio_from_bytes: int = 4 * 1024 * 1024
    sheets: int = 64
    rows: int = 65_536
    columns: int = 512
    cells: int = 1_500_000
    area: int = 4_000_000
    row_bytes: int = 4 * 1024 * 1024
    text_length: int = 32_767
    output_bytes: int = 96 * 1024 * 1024
    memory_bytes: int = 320 * 1024 * 1024
    cpu_seconds: int = 4
    wall_seconds: float = 20.0

    def to_json(self) -> str:
        """Return the bounds as JSON, to be handed to the reading process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Limits":
        """Return the bounds written by `to_json`."""
        return cls(**json.loads(text))


DEFAULT = Limits()

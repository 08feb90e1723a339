"""How many of a lot are checked and how many defects it may have: single sampling, normal inspection, general level II of ISO 2859-1."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

# largest lot size of each code letter of level II, and the letter's sample size
LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000)
SAMPLES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800)
# acceptance number by the index of the code letter: the first and last letters without a number use the nearest one that has
MAJOR_25 = {2: 0, 5: 1, 6: 2, 7: 3, 8: 5, 9: 7, 10: 10, 11: 14, 12: 21}
MINOR_40 = {1: 0, 4: 1, 5: 2, 6: 3, 7: 5, 8: 7, 9: 10, 10: 14, 11: 21}
# the standard's arrows: letters without a number point to the letter whose sample and number are used instead
ARROWS_25 = {0: 2, 1: 2, 3: 2, 4: 5, 13: 12}
ARROWS_40 = {0: 1, 2: 1, 3: 4, 12: 11, 13: 11}


@dataclass(frozen=True)
class SamplePlan:
    """A sample for major defects at AQL 2.5 and minor ones at 4.0; a critical defect is never accepted."""

    lot: int
    sample: int
    major: int
    minor: int

    def accepts(self, *, critical: int, major: int, minor: int) -> bool:
        """Whether the lot passes with so many defects in its sample."""
        return critical == 0 and major <= self.major and minor <= self.minor


def plan_for(lot: int) -> SamplePlan:
    """The sample of a lot of so many pairs: one sample for both, the larger of the two. Raises ValueError below 1."""
    if lot < 1:
        raise ValueError("a lot has at least one pair")
    letter = min(bisect_left(LOTS, lot), len(LOTS) - 1)
    major, minor = ARROWS_25.get(letter, letter), ARROWS_40.get(letter, letter)
    return SamplePlan(lot, min(lot, max(SAMPLES[major], SAMPLES[minor])), MAJOR_25[major], MINOR_40[minor])

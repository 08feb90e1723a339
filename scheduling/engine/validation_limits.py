"""The largest numbers that a problem may hold."""

MAX_DAYS = 5_000
MAX_PAIRS = 10_000_000
MAX_MINUTES = 1e9
MAX_COST = 1e6  # per pair
MOST_DISTANCES = 60  # of lines: pairs of days there and back

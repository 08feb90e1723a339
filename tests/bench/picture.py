"""Cost over time as an SVG: each curve relative to where it ends, time on a logarithmic scale."""

import math

WIDTH, HEIGHT, MARGIN = 720, 320, 48
COLOURS = {"S": "#2f6f9f", "M": "#b3632d", "L": "#4c8a4c"}
SOONEST = 0.1  # seconds


def drawn(curves):
    """curves: by name, whose first letter is the size, pairs of seconds and cost."""
    longest = max(t for curve in curves.values() for t, _ in curve)
    most = max(c / curve[-1][1] for curve in curves.values() for _, c in curve) * 1.02
    across, up = (WIDTH - 2 * MARGIN) / math.log(longest / SOONEST), (HEIGHT - 2 * MARGIN) / math.log(most)

    def x(t):
        return MARGIN + math.log(max(t, SOONEST) / SOONEST) * across

    def y(share):
        return HEIGHT - MARGIN - math.log(share) * up

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>')
    for t in (0.1, 0.3, 1, 3, 10, 30, 60):
        if t <= longest * 1.05:
            parts.append(f'<path d="M{x(t):.0f} {MARGIN}V{HEIGHT - MARGIN}" stroke="#ddd"/>')
            parts.append(f'<text x="{x(t):.0f}" y="{HEIGHT - 28}" text-anchor="middle">{t:g} s</text>')
    for share in (1.0, 1.05, 1.1, 1.2, 1.4, 1.8, 2.4):
        if share <= most:
            parts.append(f'<path d="M{MARGIN} {y(share):.0f}H{WIDTH - MARGIN}" stroke="#ddd"/><text x="8" y="{y(share) + 4:.0f}">{share:.2f}</text>')
    for name, curve in curves.items():
        points = " ".join(f"{x(t):.1f},{y(c / curve[-1][1]):.1f}" for t, c in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS.get(name[0], "#555")}" stroke-width="1.6"/>')
    for i, (size, colour) in enumerate(COLOURS.items()):
        parts.append(f'<text x="{WIDTH - MARGIN - 90 + 30 * i}" y="24" fill="{colour}">{size}</text>')
    return "\n".join([*parts, "</svg>", ""])

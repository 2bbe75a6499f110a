"""Cover week by week as an SVG: the mean of each policy with its 90 % band."""

from __future__ import annotations

from html import escape

from .many import Band

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 760, 360, 50, 40, 40, 190
# Distinct without colour too: each line has its own dashes (Okabe and Ito's colours).
STYLES = {
    "none": ("#999999", "2 3"),
    "A": ("#d55e00", ""),
    "A+": ("#e69f00", "8 3"),
    "B": ("#cc79a7", "4 4"),
    "C": ("#000000", "1 4"),
    "greedy": ("#56b4e9", "6 2 2 2"),
    "ours": ("#0072b2", ""),
    "F": ("#009e73", "10 4"),
}


def cover(curves: dict[str, list[Band]], *, title: str, names: dict[str, str]) -> str:
    """One chart; ``curves`` are days of cover by policy and week."""
    weeks = max(len(curve) for curve in curves.values())
    top = max(band.high for curve in curves.values() for band in curve) * 1.05
    plot_width, plot_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(week: float) -> float:
        return LEFT + plot_width * week / max(weeks - 1, 1)

    def y(days: float) -> float:
        return TOP + plot_height * (1 - days / top)

    def points(values: list[tuple[float, float]]) -> str:
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in values)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
    ]
    step = 2 if top <= 16 else 5
    for days in range(0, int(top) + 1, step):
        parts.append(f'<path d="M{LEFT} {y(days):.1f}h{plot_width}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(days) + 4:.1f}" text-anchor="end">{days}</text>')
    for week in range(0, weeks, 2):
        parts.append(
            f'<text x="{x(week):.1f}" y="{HEIGHT - 16}" text-anchor="middle">{week}</text>'
        )
    parts.append(
        f'<text x="{LEFT + plot_width / 2}" y="{HEIGHT - 2}" text-anchor="middle">week</text>'
    )
    for n, (policy, curve) in enumerate(curves.items()):
        colour, dashes = STYLES.get(policy, ("#444444", ""))
        upper = [(x(w), y(band.high)) for w, band in enumerate(curve)]
        lower = [(x(w), y(band.low)) for w, band in reversed(list(enumerate(curve)))]
        parts.append(f'<polygon points="{points(upper + lower)}" fill="{colour}" opacity="0.12"/>')
        line = points([(x(w), y(band.mean)) for w, band in enumerate(curve)])
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        parts.append(f'<polyline points="{line}" {style}/>')
        row = TOP + 14 + n * 20
        parts.append(f'<path d="M{WIDTH - RIGHT + 12} {row - 4}h24" {style}/>')
        parts.append(
            f'<text x="{WIDTH - RIGHT + 42}" y="{row}">{escape(names.get(policy, policy))}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])

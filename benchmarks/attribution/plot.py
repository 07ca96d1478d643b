"""Wall time by number of touches, on logarithmic axes, as SVG."""

from __future__ import annotations

import math
from html import escape
from statistics import median

Points = list[tuple[int, list[float]]]

WIDTH, HEIGHT = 860, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 220
COLOURS = ("#0b5fa5", "#5aa9e6", "#c2410c", "#f59e0b", "#7c3aed", "#4b5563")


def draw(lines: dict[str, Points]) -> str:
    """A line through the medians of each name's sizes, with a bar from minimum to maximum.

    Args:
        lines: Name: size and the wall seconds of each round.
    """
    sizes = sorted({size for points in lines.values() for size, _ in points})
    seconds = [each for points in lines.values() for _, taken in points for each in taken]
    first, last = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    last, high = max(last, first + 1), max(high, low + 1)

    def x(size: float) -> float:
        return LEFT + (math.log10(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT - 20) + 10

    def y(value: float) -> float:
        return TOP + (high - math.log10(value)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for power in range(low, high + 1):
        height = y(10**power)
        parts.append(_line(LEFT, height, WIDTH - RIGHT, height, "#d4d4d8", 1))
        parts.append(_text(LEFT - 8, height + 4, f"{10.0**power:g} s", "end"))
    for power in range(first, last + 1):
        parts.append(_line(x(10**power), TOP, x(10**power), HEIGHT - BOTTOM, "#d4d4d8", 1))
        parts.append(_text(x(10**power), HEIGHT - BOTTOM + 20, f"{10**power:,}", "middle"))
    parts.append(_text((LEFT + WIDTH) / 2, HEIGHT - BOTTOM + 42, "touches", "middle"))
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        middles = [(x(size), y(median(taken))) for size, taken in points]
        path = " ".join(f"{across:.1f},{down:.1f}" for across, down in middles)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (across, down), (_, taken) in zip(middles, points, strict=True):
            parts.append(_line(across, y(min(taken)), across, y(max(taken)), colour, 4))
            parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="4" fill="{colour}"/>')
        place = HEIGHT - BOTTOM + 70 + 22 * number
        parts.append(_line(LEFT, place - 4, LEFT + 30, place - 4, colour, 3))
        parts.append(_text(LEFT + 40, place, name, "start"))
    return "\n".join([*parts, "</svg>", ""])


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: int) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

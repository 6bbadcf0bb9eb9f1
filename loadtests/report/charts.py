"""A line chart as SVG: told apart by dashes and words as well as by colour, with its own title."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadtests.report.axes import Axis

WIDTH, HEIGHT = 680.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 10.0, 26.0, 38.0
DASHES = ("", "7 3", "2 3", "9 3 2 3")
MOST = 300
"""Points that a line of this width can show."""


@dataclass(frozen=True, slots=True)
class Line:
    """Points by x; where y is None the line is broken."""

    name: str
    points: Sequence[tuple[float, float | None]]

    @property
    def values(self) -> list[float]:
        """Every y that there is."""
        return [y for _, y in self.points if y is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`told` says in a sentence what is to be seen, for who does not see it."""

    title: str
    told: str
    lines: Sequence[Line]
    x: Axis
    y: Axis
    height: float = HEIGHT

    def svg(self) -> object:
        """The picture; it scales with its place."""
        from markupsafe import Markup, escape

        words = escape(f"{self.title}. {self.told}")
        parts = [
            f'<svg viewBox="0 0 {WIDTH:g} {self.height:g}" role="img" aria-label="{words}">',
            *self._grid(),
            *(self._line(line, index) for index, line in enumerate(self.lines)),
            "</svg>",
        ]
        return Markup("".join(parts))  # noqa: S704 - words are escaped above, the rest is numbers

    def rows(self, most: int = 40) -> list[tuple[str, list[str]]]:
        """The same as a table: x, and each line's y there; long ones thinned out."""
        first = self.lines[0].points if self.lines else ()
        step = -(-len(first) // most) or 1
        found = []
        for at in range(0, len(first), step):
            cells = [line.points[at][1] if at < len(line.points) else None for line in self.lines]
            told = ["" if y is None else f"{y:,.5g}" for y in cells]
            found.append((f"{first[at][0]:g}", told))
        return found

    def _across(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * self.x.place(value)

    def _down(self, value: float) -> float:
        return TOP + (self.height - TOP - BOTTOM) * (1 - self.y.place(value))

    def _grid(self) -> list[str]:
        right, base = WIDTH - RIGHT, self.height - BOTTOM
        parts = []
        for value, words in self.y.marks():
            y = self._down(value)
            parts.append(f'<path class="grid" d="M{LEFT:g} {y:.1f}H{right:g}"/>')
            parts.append(f'<text x="{LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">{words}</text>')
        for value, words in self.x.marks():
            x = self._across(value)
            anchor = "end" if x > right - 20 else "middle"
            place = f'x="{x:.1f}" y="{base + 16:g}"'
            parts.append(f'<text {place} text-anchor="{anchor}">{words}</text>')
        unit, across = self.y.unit, self.x.unit
        parts.append(f'<text class="unit" x="{LEFT:g}" y="{TOP - 11:g}">{unit}</text>')
        middle = (LEFT + right) / 2
        label = f'<text class="unit" x="{middle:g}" y="{base + 34:g}" text-anchor="middle">'
        parts.append(f"{label}{across}</text>")
        return parts

    def _line(self, line: Line, index: int) -> str:
        dash = DASHES[index % len(DASHES)]
        drawn = f' stroke-dasharray="{dash}"' if dash else ""
        path = self._path(thinned(line.points))
        return f'<path class="line c{index % len(DASHES)}" d="{path}"{drawn}/>'

    def _path(self, points: Sequence[tuple[float, float | None]]) -> str:
        found, pen = [], "M"
        for x, y in points:
            if y is None:
                pen = "M"
                continue
            found.append(f"{pen}{self._across(x):.1f} {self._down(y):.1f}")
            pen = "L"
        if len(found) == 1:
            found.append("h2")  # a single point is to be seen
        return "".join(found)


def thinned(points: Sequence[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    """As many as can be seen, of each group of neighbours the lowest and the highest."""
    if len(points) <= MOST:
        return list(points)
    size = -(-2 * len(points) // MOST)
    found: list[tuple[float, float | None]] = []
    for begin in range(0, len(points), size):
        part = [(x, y) for x, y in points[begin : begin + size] if y is not None]
        if not part:
            found.append((points[begin][0], None))
            continue
        ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}
        found += sorted(ends)
    return found

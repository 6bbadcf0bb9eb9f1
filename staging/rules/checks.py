"""What a CHECK asks of its columns, as far as its text can be understood.

PostgreSQL writes every check in one form, so few patterns go far. What is not understood is left
to the server, which is asked before any row is kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from staging.inventory.tables import Rule

NAME = r'(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))'
CAST = r"(?:::(?:[a-z_ ]+|\"[^\"]+\"|[a-z_]+\.[a-z_]+)(?:\(\d+(?:,\d+)?\))?(?:\[\])?)*"
COLUMN = rf"\(*{NAME}\)?{CAST}\)*"
NUMBER = rf"\(*'?(-?\d+(?:\.\d+)?)'?\)*{CAST}\)*"
MOMENT = rf"\(*'(-?\d{{4}}-[^']+)'{CAST}\)*"
COMPARED = re.compile(rf"^{COLUMN} (>=|<=|>|<|=) {NUMBER}$")
SINCE = re.compile(rf"^{COLUMN} (>=|<=|>|<) {MOMENT}$")
BETWEEN_COLUMNS = re.compile(rf"^{COLUMN} (>=|<=|>|<) {COLUMN}$")
LENGTH = re.compile(
    rf"^\(*(?:char_length|character_length|length|octet_length)\({COLUMN}\)\)* "
    rf"(>=|<=|>|<|=) {NUMBER}$"
)
ONE_OF = re.compile(rf"^{COLUMN} = ANY \(+ARRAY\[(.*)\]\)*{CAST}\)*$", re.DOTALL)
IS_WORD = re.compile(rf"^{COLUMN} = '((?:[^']|'')*)'{CAST}$")
MATCHES = re.compile(rf"^{COLUMN} (~\*?) '((?:[^']|'')*)'{CAST}$")
NOT_NULL = re.compile(rf"^{COLUMN} IS NOT NULL$")
IS_NULL = re.compile(rf"^{COLUMN} IS NULL$")
WORD = re.compile(r"\(?'((?:[^']|'')*)'|\(?(-?\d+(?:\.\d+)?)")


@dataclass(slots=True)
class Demand:
    """What checks ask of one column; None: nothing. `low` and `high` are allowed themselves."""

    choices: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    above: bool = False
    below: bool = False
    since: str | None = None
    until: str | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    filled: bool = False


@dataclass(slots=True)
class Demands:
    """What checks ask of a table's columns; `orders` are pairs of which the first is smaller."""

    of: dict[str, Demand] = field(default_factory=dict)
    orders: list[tuple[str, str]] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def column(self, name: str) -> Demand:
        """What is asked of a column, to be read or added to."""
        return self.of.setdefault(name, Demand())


def understood(checks: Iterable[Rule]) -> Demands:
    """All that can be read from these checks; `unclear` names those with a part that cannot."""
    demands = Demands()
    for check in checks:
        text = re.sub(r" (NOT VALID|NO INHERIT)$", "", check.definition)
        whole = _bare(text.removeprefix("CHECK "))
        taken = [_take(part, demands) for part in _conjuncts(whole)]
        if not all(taken):
            demands.unclear.append(check.name)
    return demands


def _conjuncts(text: str) -> list[str]:
    return [piece for part in _split(text, " AND ") for piece in _either(_bare(part))]


def _either(part: str) -> list[str]:
    """`x IS NULL OR …` is fulfilled by what fulfils the rest."""
    choices = [_bare(each) for each in _split(part, " OR ")]
    if len(choices) > 1 and any(IS_NULL.match(each) for each in choices):
        choices = [each for each in choices if not IS_NULL.match(each)]
    if len(choices) == 1 and choices[0] != part:
        return _conjuncts(choices[0])
    return [part]


def _take(part: str, demands: Demands) -> bool:
    """Whether one condition was understood; its demand is added."""
    for pattern, take in TAKES:
        if found := pattern.match(part):
            return take(demands, list(found.groups()))
    return False


def _compared(demands: Demands, found: list[str]) -> bool:
    column, sign, value = demands.column(_name(found)), found[2], float(found[3])
    if sign in {">", ">=", "="} and (column.low is None or value >= column.low):
        column.low, column.above = value, sign == ">"
    if sign in {"<", "<=", "="} and (column.high is None or value <= column.high):
        column.high, column.below = value, sign == "<"
    return True


def _since(demands: Demands, found: list[str]) -> bool:
    column = demands.column(_name(found))
    if found[2].startswith(">"):
        column.since = max(found[3], column.since or found[3])
    else:
        column.until = min(found[3], column.until or found[3])
    return True


def _ordered(demands: Demands, found: list[str]) -> bool:
    one, other = _name(found), _name(found[3:])
    demands.orders.append((one, other) if found[2].startswith("<") else (other, one))
    return True


def _length(demands: Demands, found: list[str]) -> bool:
    column, sign, value = demands.column(_name(found)), found[2], int(float(found[3]))
    if sign in {">", ">=", "="}:
        column.shortest = max(column.shortest or 0, value + (sign == ">"))
    if sign in {"<", "<=", "="}:
        column.longest = min(column.longest or value, value - (sign == "<"))
    return True


def _one_of(demands: Demands, found: list[str]) -> bool:
    words = [one.replace("''", "'") if one else other for one, other in WORD.findall(found[2])]
    demands.column(_name(found)).choices = tuple(words)
    return bool(words)


def _is_word(demands: Demands, found: list[str]) -> bool:
    demands.column(_name(found)).choices = (found[2].replace("''", "'"),)
    return True


def _matches(demands: Demands, found: list[str]) -> bool:
    flags = "(?i)" if found[2] == "~*" else ""
    demands.column(_name(found)).pattern = flags + found[3].replace("''", "'")
    return True


def _filled(demands: Demands, found: list[str]) -> bool:
    demands.column(_name(found)).filled = True
    return True


TAKES = (
    (COMPARED, _compared),
    (SINCE, _since),
    (LENGTH, _length),
    (ONE_OF, _one_of),
    (IS_WORD, _is_word),
    (MATCHES, _matches),
    (NOT_NULL, _filled),
    (BETWEEN_COLUMNS, _ordered),
)


def _name(found: list[str]) -> str:
    return found[0].replace('""', '"') if found[0] else found[1]


def _split(text: str, word: str) -> list[str]:
    """The parts between a word that stands outside of parentheses and quotes."""
    parts, depth, quoted, start = [], 0, "", 0
    for at, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "'\"":
            quoted = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif not depth and text.startswith(word, at):
            parts.append(text[start:at])
            start = at + len(word)
    return [*parts, text[start:]]


def _bare(text: str) -> str:
    """Without the parentheses around all of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _encloses(text):
        text = text[1:-1].strip()
    return text


def _encloses(text: str) -> bool:
    depth, quoted = 0, ""
    for at, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "'\"":
            quoted = sign
        else:
            depth += (sign == "(") - (sign == ")")
            if not depth and at < len(text) - 1:
                return False
    return True

"""Old and new application on old and new schema: which order of a release works. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from staging.rules.risk import Reason

Age = Literal["old", "new"]
Verdict = Literal["pass", "fail", "invalid"]
Order = Literal["any", "migrate first", "deploy first", "refused", "invalid"]
"""`refused`: in every order there is a time in which one of the two fails."""

USUAL = "`invoke deploy` and `invoke promote` migrate first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """One application on one schema, and what smoke said; `told` is why, unless it passed."""

    application: Age
    schema: Age
    verdict: Verdict
    told: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"the {self.application} application on the {self.schema} schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """The corners that were tried, and what was put back afterwards.

    `not_put_back` is what could not be: the next run begins with it.
    """

    old: str
    new: str
    files: tuple[str, ...]
    order: Order = "invalid"
    corners: tuple[Corner, ...] = ()
    put_back: tuple[str, ...] = ()
    not_put_back: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What it means for the verdict."""
        return reasons(self)

    @property
    def blind(self) -> tuple[str, ...]:
        """Smoke in its quick mode is what the corners were judged by."""
        return ("what smoke --quick does not ask of old and new application",)


def judged(square: Square) -> Square:
    """The same with the order that its corners leave."""
    return replace(square, order=order(square.corners))


def order(corners: Sequence[Corner]) -> Order:
    """Which of the two comes first: the corner between must pass, and the last one."""
    said = _said(corners)
    start, end = said["old", "old"], said["new", "new"]
    if start != "pass" or end == "invalid":
        return "invalid"
    if end == "fail":
        return "refused"
    migrated, deployed = said["old", "new"], said["new", "old"]
    if "invalid" in (migrated, deployed):
        return "invalid" if migrated != "pass" else "migrate first"
    if migrated == "pass":
        return "any" if deployed == "pass" else "migrate first"
    return "deploy first" if deployed == "pass" else "refused"


def reasons(square: Square) -> tuple[Reason, ...]:
    """The order as a reason: one that `invoke deploy` does not have is against it as it stands."""
    file = square.files[-1] if square.files else ""
    found = [_of_order(square, file)]
    if square.not_put_back:
        told = f"Staging is not as it was before: {'; '.join(square.not_put_back)}"
        remedy = "Run this again: it begins with putting that back."
        found.append(Reason(level="invalid", file="", told=told, remedy=remedy))
    return tuple(found)


def answered(reasons: Sequence[Reason], square: Square) -> tuple[Reason, ...]:
    """What may break the running application, where it was seen whether it does."""
    said = _said(square.corners)["old", "new"]
    if said == "invalid":
        return tuple(reasons)
    seen = {"pass": "It was tried, and passes", "fail": "It was tried, and fails"}[said]
    return tuple(
        replace(each, level="note" if said == "pass" else each.level, told=f"{each.told}. {seen}")
        if each.of_running
        else each
        for each in reasons
    )


def _of_order(square: Square, file: str) -> Reason:
    if square.order == "any":
        told = "Old and new application pass on old and new schema: any order works"
        return Reason(level="note", file=file, told=f"{told}, and so does the way back")
    if square.order == "migrate first":
        told = "Migrate first, then deploy: the old application passes on the new schema"
        why = _why(square.corners, "new", "old")
        return Reason(level="note", file=file, told=f"{told}, {why}")
    if square.order == "deploy first":
        told = "Deploy first, then migrate: the new application passes on the old schema, "
        remedy = f"{USUAL}: deploy the new application without these files, and they come later."
        why = _why(square.corners, "old", "new")
        return Reason(level="unsafe", file=file, told=told + why, remedy=remedy)
    if square.order == "refused":
        return _refused(square, file)
    return Reason(level="invalid", file=file, told=f"The square was not tried: {_unknown(square)}")


def _refused(square: Square, file: str) -> Reason:
    if _said(square.corners)["new", "new"] == "fail":
        why = _why(square.corners, "new", "new")
        return Reason(level="unsafe", file=file, told=f"Refused: {why}")
    both = [_why(square.corners, "old", "new"), _why(square.corners, "new", "old")]
    return Reason(
        level="unsafe",
        file=file,
        told=f"Refused: no order works. {both[0][0].upper()}{both[0][1:]}; {both[1]}",
        remedy="Expand, deploy, contract: add what is new beside the old, deploy an application "
        "that can do with both, and take the old away in a later release.",
    )


def _why(corners: Sequence[Corner], application: Age, schema: Age) -> str:
    found = _at(corners).get((application, schema))
    if found is None:
        return f"the {application} application on the {schema} schema was not tried"
    said = {"pass": "passes", "fail": "fails", "invalid": "cannot be judged"}[found.verdict]
    return f"{found} {said}" + (f" ({found.told})" if found.told else "")


def _unknown(square: Square) -> str:
    if not square.files:
        return "there is no migration to try"
    if square.error:
        return square.error
    bad = [each for each in square.corners if each.verdict != "pass"]
    if bad and (bad[0].application, bad[0].schema) == ("old", "old"):
        told = _why(square.corners, "old", "old")
        return f"{told}, so that nothing can be said of the others"
    unknown = [each for each in bad if each.verdict == "invalid"]
    return "; ".join(_why([each], each.application, each.schema) for each in unknown) or "no corner"


def _at(corners: Sequence[Corner]) -> dict[tuple[Age, Age], Corner]:
    return {(each.application, each.schema): each for each in corners}


def _said(corners: Sequence[Corner]) -> Mapping[tuple[Age, Age], Verdict]:
    """A corner that was not tried is one that cannot be judged."""
    ages: tuple[Age, Age] = ("old", "new")
    found = _at(corners)
    said: dict[tuple[Age, Age], Verdict] = {(a, s): "invalid" for a in ages for s in ages}
    return {**said, **{key: corner.verdict for key, corner in found.items()}}

"""What goes wrong in a run, as it is put into place for it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

BIN = Path(__file__).with_name("bin")


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """The n-th call (0: every one) of a program with these first words goes as `how` says."""

    program: str
    words: tuple[str, ...]
    how: str
    nth: int = 1
    text: str = ""
    stdout: bool = False
    seconds: float = 0.1

    def environment(self, folder: Path) -> dict[str, str]:
        """What has both programs run through the one that misbehaves."""
        file = folder / "fault.json"
        file.write_text(json.dumps(asdict(self)))
        programs = {name.upper(): str(BIN / name) for name in ("flyctl", "supabase")}
        return {**programs, "FAULT": str(file)}

"""The schema of smoke.json, and a look at whether a document meets it."""

import json
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "smoke" / "report.schema.json").read_text()
)

"""An error as GitHub's runner reads it from a job's output, shown beside a file's line. Pure.

As its workflow commands are documented: what would end one or begin another is escaped.
"""


def annotation(problem: str, *, title: str, file: str = "", line: str = "") -> str:
    """One line, whatever the problem says."""
    fields = {"file": file, "line": line, "title": title}
    told = ",".join(f"{name}={_property(text)}" for name, text in fields.items() if text)
    return f"::error {told}::{_data(problem)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

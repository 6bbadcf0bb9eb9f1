"""How processes of one run speak: a JSON object a line; what was measured, without loss."""

import json
import sys
from array import array
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Sequence
from typing import Any

from loadtests.latency import Recorder, Tally


def line(kind: str, **what: Any) -> bytes:
    """One message."""
    return (json.dumps({"kind": kind, **what}) + "\n").encode()


def heard(raw: bytes) -> dict[str, Any]:
    """A message; one without a kind if it is none."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {"kind": ""}
    return found if isinstance(found, dict) and isinstance(found.get("kind"), str) else {"kind": ""}


def packed(recorder: Recorder) -> dict[str, Any]:
    """All that a recorder holds."""
    return {
        "tallies": {
            name: {"arrays": [_text(each) for each in tally.arrays], "causes": tally.causes}
            for name, tally in recorder.tallies.items()
        },
        "lags": _text(recorder.lags),
        "in_time": recorder.in_time,
    }


def unpacked(document: dict[str, Any]) -> Recorder:
    """The recorder that was packed."""
    recorder = Recorder()
    for name, entry in document["tallies"].items():
        tally = recorder.tallies[name] = Tally(causes=Counter(entry["causes"]))
        for mine, text in zip(tally.arrays, entry["arrays"], strict=True):
            mine.extend(_doubles(text))
    recorder.lags.extend(_doubles(document["lags"]))
    recorder.in_time = document["in_time"]
    return recorder


def offset(samples: Sequence[tuple[float, float, float]]) -> float:
    """How far another's clock is ahead, of (asked, its time, answered) by ours.

    That of the shortest way there and back is the least disturbed.
    """
    asked, theirs, answered = _least(samples)
    return theirs - (asked + answered) / 2


def doubt(samples: Sequence[tuple[float, float, float]]) -> float:
    """By how much that can be wrong at most: one of the two ways may have taken all the time."""
    asked, _, answered = _least(samples)
    return (answered - asked) / 2


def _least(samples: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    return min(samples, key=lambda sample: sample[2] - sample[0])


def _text(values: "array[float]") -> str:
    return b64encode(_little(values).tobytes()).decode()


def _doubles(text: str) -> "array[float]":
    found = array("d")
    found.frombytes(b64decode(text))
    return _little(found)


def _little(values: "array[float]") -> "array[float]":
    if sys.byteorder == "little":
        return values
    swapped = array("d", values)
    swapped.byteswap()
    return swapped

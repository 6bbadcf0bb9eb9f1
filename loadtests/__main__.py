"""`python -m loadtests`: run, show the result, write the report, exit by the verdict."""

import json
import os
import sys

from loadtests.order import Order, order
from loadtests.politeness import checked
from staging.errors import INTERRUPTED, INVALID, NOT_SO, SUCCESS, StagingError
from staging.settings import Settings, load


def main() -> int:
    """The exit code; what a person can mend is told without a traceback."""
    try:
        settings = load()
        return _run(order(sys.argv[1:], os.environ, settings.load), settings)
    except StagingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED


def _run(wanted: Order, settings: Settings) -> int:
    if wanted.check:
        print(json.dumps(checked(wanted, settings)))
        return SUCCESS
    # Not at the top: Locust costs 0.8 s, and the arguments may be wrong.
    from loadtests.baseline import compared, keep, line
    from loadtests.document import PAGE, document, prepare, write
    from loadtests.interruption import expect_interruption
    from loadtests.session import run
    from loadtests.text import text

    prepare(wanted.reports)
    expect_interruption()
    result = run(wanted, settings)
    found = document(result)
    if told := compared(found, settings.kept):
        found["baseline"] = told
    path = write(found, wanted.reports)
    print(text(result))
    if told:
        print(line(told))
    keep(found, settings.kept, settings.root)
    print(f"Report: {path}, and {PAGE} beside it")
    if result.partial:
        return INTERRUPTED
    return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[result.outcome.value]


if __name__ == "__main__":
    sys.exit(main())

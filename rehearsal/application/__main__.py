"""Run the application: `python -m rehearsal.application`, configured by its environment alone."""

import sys

from rehearsal.application import configuration


def main() -> int:
    """Serve until SIGTERM, unless this is an image that exits as soon as it starts."""
    found = configuration.read()
    if "crash" in found.faults:
        print('{"event": "error", "kind": "this image crashes at start"}', flush=True)
        return 1

    # Not at the top: a busy machine takes seconds for it, in which a crash would not be seen.
    from rehearsal.application.serving import serve

    serve(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A Management API that is ill: it hangs, fails, or answers what nobody can read."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ANSWERS = {
    "500": (500, '{"message":"Internal Server Error"}'),
    "502": (502, "<html><h1>Bad Gateway</h1></html>"),
    "429": (429, '{"message":"ThrottlerException: Too Many Requests"}'),
    "rubbish": (200, '[{"id":'),
    "nothing": (200, ""),
    "other": (200, '{"surprise":true}'),
}


@dataclass(slots=True)
class FaultyApi:
    """Its illness can be changed at any time; `calls` are the requests that it had.

    `told` are answers by the end of the path, which come before the illness.
    """

    profile: Path
    illness: str = "hang"
    told: dict[str, tuple[int, object]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def faulty_api(folder: Path) -> Iterator[FaultyApi]:
    """Serve on a free port, named by a profile as SUPABASE_PROFILE takes it."""
    api = FaultyApi(folder / "profile.yaml")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.calls.append(f"{self.command} {self.path}")
            own = [answer for end, answer in api.told.items() if self.path.endswith(end)]
            if not own and api.illness == "hang":
                api.ended.wait(60)
                return
            status, text = (own[0][0], json.dumps(own[0][1])) if own else ANSWERS[api.illness]
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_DELETE = do_PATCH = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    lines = ["name: faulty", *(f"{k}: {base}" for k in ("api_url", "dashboard_url"))]
    api.profile.write_text("\n".join([*lines, "project_host: supabase.test", ""]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield api
    finally:
        api.ended.set()
        server.shutdown()
        server.server_close()

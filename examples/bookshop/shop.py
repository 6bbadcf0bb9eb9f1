"""A bookshop: Python's own HTTP server, PostgreSQL, and nothing of Blue Banded Bee."""

import json
import os
import re
import signal
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import LifoQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.rows import dict_row

VERSION = os.environ.get("SHOP_VERSION", "1.0.0")
CONNECTIONS = int(os.environ.get("SHOP_CONNECTIONS", "5"))
HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
BOOK = "select id, title, author, price_cents, stock from public.books"
ORDER = "select id::text, book_id, quantity, total_cents from public.orders"


class Problem(Exception):
    """What is answered in place of what was asked for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Database:
    """A few connections that requests take turns with; one that broke is made anew."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: LifoQueue[psycopg.Connection[Any] | None] = LifoQueue()
        for _ in range(CONNECTIONS):
            self._idle.put(None)

    def ask(self, query: str, *values: object) -> list[dict[str, Any]]:
        """The rows of one statement, which is a transaction."""
        connection = self._idle.get(timeout=10)
        try:
            if connection is None or connection.closed:
                connection = psycopg.connect(
                    self._url, autocommit=True, row_factory=dict_row, connect_timeout=5
                )
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError:
            raise Problem(503, "the database does not answer") from None
        finally:
            self._idle.put(connection)


def health(_: Database, __: dict[str, Any]) -> tuple[int, object]:
    now = datetime.now(UTC).isoformat()
    told = {"status": "healthy", "timestamp": now, "service": "bookshop", "version": VERSION}
    return 200, told


def books(database: Database, asked: dict[str, Any]) -> tuple[int, object]:
    limit = asked["query"].get("limit", ["20"])[0]
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise Problem(400, "limit is a number from 1 to 100")
    return 200, {"books": database.ask(f"{BOOK} order by title limit %s", int(limit))}


def book(database: Database, asked: dict[str, Any]) -> tuple[int, object]:
    return 200, _one(database.ask(f"{BOOK} where id = %s", int(asked["id"])))


def order(database: Database, asked: dict[str, Any]) -> tuple[int, object]:
    return 200, _one(database.ask(f"{ORDER} where id::text = %s", asked["id"]))


def sell(database: Database, asked: dict[str, Any]) -> tuple[int, object]:
    number, quantity = asked["body"].get("book_id"), asked["body"].get("quantity")
    if not (isinstance(number, int) and isinstance(quantity, int) and 1 <= quantity <= 9):
        raise Problem(400, "an order has a book_id, and a quantity from 1 to 9")
    _one(database.ask(f"{BOOK} where id = %s", number))
    sold = database.ask(
        """with taken as (update public.books set stock = stock - %s
                          where id = %s and stock >= %s returning id, price_cents)
           insert into public.orders (book_id, quantity, total_cents)
           select id, %s, price_cents * %s from taken
           returning id::text, book_id, quantity, total_cents""",
        *(quantity, number, quantity, quantity, quantity),
    )
    if not sold:
        raise Problem(409, "there are not so many left")
    return 201, sold[0]


def withdraw(database: Database, asked: dict[str, Any]) -> tuple[int, object]:
    _one(
        database.ask(
            """with gone as (delete from public.orders where id::text = %s
                             returning book_id, quantity)
               update public.books b set stock = stock + quantity
               from gone where b.id = book_id returning b.id""",
            asked["id"],
        )
    )
    return 204, None


ROUTES = {
    "GET /health": health,
    "GET /books": books,
    r"GET /books/(?P<id>\d{1,9})": book,
    "POST /orders": sell,
    "GET /orders/(?P<id>[0-9a-f-]{36})": order,
    "DELETE /orders/(?P<id>[0-9a-f-]{36})": withdraw,
}


def _one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise Problem(404, "there is no such thing")
    return rows[0]


class Handler(BaseHTTPRequestHandler):
    """Finds the route, answers in JSON."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    database: Database

    def answer(self) -> None:
        try:
            status, body = self._routed()
        except Problem as problem:
            status, body = problem.status, {"error": str(problem)}
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        given = {"Content-Type": "application/json", "Content-Length": str(len(text))}
        number = self.headers.get("X-Request-Id") or str(uuid.uuid4())
        for name, value in {**HEADERS, **given, "X-Request-Id": number}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = do_DELETE = answer

    def _routed(self) -> tuple[int, object]:
        parts = urlsplit(self.path)
        method = "GET" if self.command == "HEAD" else self.command
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for pattern, route in ROUTES.items():
            if found := re.fullmatch(pattern, f"{method} {parts.path}"):
                body = _parsed(sent) if method == "POST" else {}
                query = parse_qs(parts.query)
                return route(self.database, {**found.groupdict(), "body": body, "query": query})
        raise Problem(404, "there is no such page")

    def log_message(self, *_: object) -> None:
        pass


def _parsed(sent: bytes) -> dict[str, Any]:
    try:
        found = json.loads(sent)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Problem(400, "the body is no JSON object")
    return found


def main() -> None:
    Handler.database = Database(os.environ["DATABASE_URL"])
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"bookshop {VERSION} on {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

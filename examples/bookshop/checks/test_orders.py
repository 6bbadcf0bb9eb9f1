"""The shop's own checks: a book is found, bought, and the order taken back."""

from uuid import uuid4

import pytest

from smoke.client import Client
from smoke.evidence import require


@pytest.fixture
def book(nobody: Client) -> dict[str, int]:
    """One that is there to be bought."""
    found = nobody.call("GET /books", query={"limit": 1}).expect(200).at("books.0")
    return {"id": found["id"], "price": found["price_cents"], "stock": found["stock"]}


def test_a_book_is_bought_and_the_order_taken_back(nobody: Client, book: dict[str, int]) -> None:
    made = nobody.call("POST /orders", body={"book_id": book["id"], "quantity": 2}).expect(201)
    number = made.at("id")
    try:
        total = made.at("total_cents")
        require(total == 2 * book["price"], made.where, expected=f"{2 * book['price']}", got=total)
        left = nobody.call("GET /books/{id}", id=str(book["id"])).at("stock")
        require(left < book["stock"], "GET /books/{id}", expected="fewer left", got=left)
        nobody.call("GET /orders/{id}", id=number).expect(200)
    finally:
        nobody.call("DELETE /orders/{id}", id=number).expect(204)
    nobody.call("GET /orders/{id}", id=number).expect(404)


def test_more_than_there_are_cannot_be_bought(nobody: Client) -> None:
    nobody.call("POST /orders", body={"book_id": 1, "quantity": 99}).expect(400)


def test_an_order_that_nobody_made_is_not_found(nobody: Client) -> None:
    nobody.call("GET /orders/{id}", id=str(uuid4())).expect(404)

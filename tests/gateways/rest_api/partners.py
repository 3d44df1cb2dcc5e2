"""Partners of the axis as the wire tests use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import psycopg

from tests import packages
from tests.servers import Server

EDXML = {"Content-Type": "application/edxml+xml"}
CLERK, DISTRICT, OUTSIDER, PAPER = "H99.01", "H99.30", "H99.04", "H99.77"


@dataclass
class Partner:
    """One key, and what its holder does with it."""

    http: httpx.Client
    key: str

    def ask(self, method: str, path: str, **details: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **details.pop("headers", {})}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **details)

    def get(self, path: str, **details: Any) -> Any:
        response = self.ask("GET", path, **details)
        assert response.status_code == 200, response.text
        return response.json()

    def send(self, raw: bytes, **headers: str) -> httpx.Response:
        return self.ask("POST", "/documents", content=raw, headers={**EDXML, **headers})

    def report(self, **fields: Any) -> httpx.Response:
        return self.ask("POST", "/statuses", json=fields)

    def waiting(self, kind: str = "document") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/deliveries", params={"kind": kind, "limit": 200})["items"]
        return items

    def arrival_of(self, document_id: str) -> dict[str, Any]:
        return next(row for row in self.waiting() if row["document"]["document_id"] == document_id)


@dataclass
class Axis:
    """The server and everybody who has a key."""

    server: Server
    keys: dict[str, str]
    http: httpx.Client = field(init=False)

    def __enter__(self) -> Self:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.server.port}", timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def partner(self, role: str) -> Partner:
        return Partner(self.http, self.keys[role])

    @property
    def clerk(self) -> Partner:
        return self.partner("clerk")

    @property
    def district(self) -> Partner:
        return self.partner("district")

    @property
    def outsider(self) -> Partner:
        return self.partner("outsider")

    def sent(self, **details: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """A document of the clerk to the district: its receipt and the district's delivery."""
        raw = packages.document(CLERK, DISTRICT, **details)
        response = self.clerk.send(raw)
        assert response.status_code == 201, response.text
        receipt = response.json()
        document_id = self.clerk.get(f"/documents/{receipt['id']}")["document"]["document_id"]
        return receipt, self.district.arrival_of(document_id)

    def change(self, statement: str, *values: object) -> None:
        """Do to the database what only time or an operator does."""
        with psycopg.connect(self.server.database_url, autocommit=True) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]

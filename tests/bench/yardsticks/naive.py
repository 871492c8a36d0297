"""NAIVE: the stack that comes to mind first, used as its tutorials show, for the same work and the same promise.

FastAPI on uvicorn, an XPath text per field, pydantic models, SQLAlchemy ORM, one commit per message; SQLite with WAL
and synchronous FULL, so that what is answered is as durable as elsewhere.

    python -m tests.bench.yardsticks.naive DATABASE KEY     prints its port on 127.0.0.1
"""

import hashlib
import secrets
import socket
import sqlite3
import sys
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.bench.yardsticks.cnas import NotReadError
from tests.bench.yardsticks.opening import NotOpenedError, open_body
from tests.bench.yardsticks.xpath_map import read_as_text

MAX_BODY_BYTES: Final = 10_000_000


class Code(BaseModel):
    list: str
    code: str | None = None
    text: str | None = None


class Identifier(BaseModel):
    value: str
    scheme: str


class Period(BaseModel):
    start: date | None = None
    end: date | None = None
    open: Code | None = None


class InsurancePeriod(BaseModel):
    kind: Code | None = None
    period: Period | None = None


class Insurance(BaseModel):
    state: Code


class Exchange(BaseModel):
    system: str
    type: str


class Leaf(BaseModel):
    path: str
    value: str


class Finding(BaseModel):
    code: str
    severity: str
    text: str
    at: str | None = None


class Record(BaseModel):
    exchange: Exchange
    role: Code
    identifiers: list[Identifier]
    insured: Insurance | None = None
    vital_status: Code | None = None
    insurance: list[InsurancePeriod] = []
    unmapped: list[Leaf] = []


_FINDINGS: Final = TypeAdapter(list[Finding])


class Base(DeclarativeBase):
    """Tables."""


class Message(Base):
    """One message that was accepted."""

    __tablename__ = "message"

    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    sender_id: Mapped[str | None] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    digest: Mapped[bytes]
    body: Mapped[bytes]
    record: Mapped[str | None]
    findings: Mapped[str]


def engine_on(path: Path) -> Engine:
    """Return the engine with its table made."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def durable(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    Base.metadata.create_all(engine)
    return engine


def accept(engine: Engine, body: bytes) -> str | None:
    """Read, map and keep one message; return the id that stands, ``None`` if the sender's id has other content.

    Raises:
        NotOpenedError: the body is not the answer that is expected.
        NotReadError: a value in it cannot be read.
    """
    now = datetime.now(UTC)
    sender_id, root = open_body(body)
    record, findings, _ = read_as_text(root, on=now.date())
    digest = hashlib.sha256(body).digest()
    with Session(engine) as session:
        first = session.scalars(select(Message).where(Message.sender_id == sender_id)).first() if sender_id else None
        if first is not None:
            return first.id if first.digest == digest else None
        message = Message(
            id=str(uuid.uuid4()),
            sender_id=sender_id,
            received_at=now,
            digest=digest,
            body=body,
            record=Record.model_validate(record).model_dump_json(exclude_defaults=True) if record else None,
            findings=_FINDINGS.dump_json(_FINDINGS.validate_python(findings), exclude_none=True).decode(),
        )
        message_id = message.id
        session.add(message)
        session.commit()
    return message_id


def app_on(engine: Engine, key: str) -> FastAPI:
    """Return the application."""
    app = FastAPI()

    @app.post("/", status_code=202)
    async def post(request: Request, punte_key: Annotated[str, Header()] = "") -> dict[str, str]:
        if not secrets.compare_digest(punte_key.encode(), key.encode()):
            raise HTTPException(401)
        body = await request.body()
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
        try:
            message_id = accept(engine, body)
        except (NotOpenedError, NotReadError) as error:
            raise HTTPException(400, str(error)) from None
        if message_id is None:
            raise HTTPException(409)
        return {"id": message_id}

    return app


def main(database: Path, key: str) -> None:
    """Serve until stopped; print the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app_on(engine_on(database), key), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

# SPDX-License-Identifier: Apache-2.0
"""A peer of the benchmarks: FastAPI, asyncpg, PyJWT, two workers of uvicorn. See ../README.md."""

import os
import pathlib
import uuid
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Literal

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import ORJSONResponse
from pydantic import BaseModel, ConfigDict, Field
from uuid6 import uuid7

SECRET = pathlib.Path(os.environ["SECRET_FILE"]).read_bytes()
SQL = {name: (pathlib.Path(os.environ["QUERIES"]) / "teams" / f"{name}.sql").read_text()
       for name in ("team_get", "team_list", "team_create")}
people = {}


class Team(BaseModel):
    id: uuid.UUID
    parent_id: uuid.UUID | None
    path: list[uuid.UUID]
    name: str
    purpose: str
    kind: str
    visibility: str
    created_by: uuid.UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class Teams(BaseModel):
    items: list[Team]
    next_cursor: str | None


class TeamCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200)
    purpose: str | None = Field(default=None, max_length=4000)
    kind: Literal["functional", "cross_functional", "circle", "working_group"]
    visibility: Literal["open", "private"] | None = None
    parent_id: uuid.UUID | None = None


@asynccontextmanager
async def lifespan(app):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8, init=prepare)
    yield
    await app.state.pool.close()


async def prepare(connection):
    await connection.set_type_codec("principal", schema="public", format="tuple", encoder=tuple, decoder=tuple)


app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)


async def principal(request: Request, authorization: Annotated[str, Header()]):
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"], audience="cohelm",
                            issuer="https://bench.example")
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    known = people.get(claims["sub"])
    if known is None:
        known = await request.app.state.pool.fetchval("select id from people where issuer = $1 and subject = $2",
                                                      claims["iss"], claims["sub"])
        people[claims["sub"]] = known
    return (known, None, None)


Who = Annotated[tuple, Depends(principal)]


@app.get("/v1/organisations/{organisation}/teams/{team}", response_model=Team)
async def team_get(request: Request, organisation: str, team: uuid.UUID, who: Who):
    row = await request.app.state.pool.fetchrow(SQL["team_get"], who, organisation, team)
    if row is None or row["_status"]:
        raise HTTPException(row["_status"] if row else 404)
    return dict(row)


@app.get("/v1/organisations/{organisation}/teams", response_model=Teams)
async def team_list(request: Request, organisation: str, who: Who, limit: Annotated[int, Query(ge=1, le=200)] = 50):
    rows = await request.app.state.pool.fetch(SQL["team_list"], who, organisation, limit + 1, *[None] * 8)
    items = [dict(row) for row in rows[:limit]]
    return {"items": items, "next_cursor": items[-1]["name"] if len(rows) > limit else None}


@app.post("/v1/organisations/{organisation}/teams", response_model=Team, status_code=201)
async def team_create(request: Request, organisation: str, body: TeamCreate, who: Who):
    change = uuid7()
    row = await request.app.state.pool.fetchrow(
        SQL["team_create"], who, organisation, uuid.UUID(int=uuid7().int), body.name, body.purpose, body.kind, body.visibility,
        body.parent_id, uuid.UUID(int=change.int), str(change))
    if row is None or row["_status"]:
        raise HTTPException(row["_status"] if row else 404)
    return dict(row)

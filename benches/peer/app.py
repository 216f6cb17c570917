"""The peer of P9: FastAPI and SQLAlchemy run the statements that the service was recorded with (`statements.json`).

It checks the token as the service does, and responds with the rows as JSON. It has no validation, no audit of its own
and no permission rules: the statements contain what the service reads and writes for them.
"""

import json
import os
import random
import re

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import ORJSONResponse
from sqlalchemy.ext.asyncio import create_async_engine

SECRET = os.environ["PEER_SECRET"]
with open(os.environ["PEER_STATEMENTS"], encoding="utf-8") as file:
    RECORDED = json.load(file)

engine = create_async_engine(os.environ["PEER_DATABASE"], pool_size=int(os.environ["PEER_CONNECTIONS"]), max_overflow=0)
app = FastAPI(default_response_class=ORJSONResponse)


def prepared(statement):
    """Returns the SQL with the placeholders of psycopg, and the values in their order."""
    order = []

    def placeholder(found):
        order.append(statement["values"][int(found[1]) - 1])
        return "%s"

    return re.sub(r"\$(\d+)", placeholder, statement["sql"].replace("%", "%%")), order


STATEMENTS = {name: [prepared(one) for one in all_of_it if not one["sql"].startswith(("BEGIN", "SET CONSTRAINTS", "COMMIT"))]
              for name, all_of_it in RECORDED.items()}


def new(value, a, b):
    """Returns a parameter: the constant, or a new value of its kind."""
    match value["kind"]:
        case "id":
            return f"{value['prefix']}_{value['number']:02}{a}{b // 100}"
        case "phone":
            return f"+{a}"
        case "hash":
            return f"{value['number']:04x}{a:030x}{b:030x}"
        case "number":
            return a + value["number"]
    return value["constant"]


async def run(name):
    """Runs the statements of a request in one transaction, and returns the rows of all of them."""
    a, b = random.randrange(10**13, 10**14), random.randrange(10**11, 10**12)
    rows = []
    async with engine.begin() as connection:
        for sql, order in STATEMENTS[name]:
            result = await connection.exec_driver_sql(sql, tuple(new(value, a, b) for value in order))
            if result.returns_rows:
                rows.append([dict(row) for row in result.mappings()])
    return rows


def caller(request: Request):
    """Verifies the token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme != "Bearer":
            raise jwt.InvalidTokenError
        return jwt.decode(token, SECRET, algorithms=["HS256"], audience="entente", issuer="entente")
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error


@app.get("/v1/projects/{identifier}")
async def project(identifier: str, _=Depends(caller)):
    """Get a project."""
    return (await run("project"))[0][0] | {"requested": identifier}


@app.get("/v1/projects")
async def projects(limit: int = 20, _=Depends(caller)):
    """List projects."""
    return {"data": (await run("projects50"))[0][:limit]}


@app.post("/v1/callback-requests", status_code=201)
async def create(request: Request):
    """Create a callback request."""
    body = await request.json()
    await run("create")
    return body

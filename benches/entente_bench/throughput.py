"""P2, P3, P4, P8 and P9: requests per second as ratios, tails, and statements."""

from . import statements
from .endpoints import BY_NAME, PROJECT, Endpoint, callback_request
from .figures import Figure, failures, in_rounds, rate
from .load import PACED_CLIENTS, pgbench
from .peer import Peer
from .recorder import Recorder
from .service import ROOT, BenchError, Service

_READS = ("me", "projects50", "slots", "callbacks50", "approvals", "inbox", "coverage", "partnership")
_ME = Endpoint("me", "/v1/me")
_SPONSOR = Endpoint("project_sponsor", PROJECT)
_SCRIPTS = ROOT / "benches/pgbench"
# Statements that a request may send (P8): without BEGIN and COMMIT.
_STATEMENTS = {"project": 2, "projects50": 2, "me": 2, "slots": 2, "callbacks50": 2, "approvals": 2, "coverage": 3,
               "inbox": 7, "partnership": 6, "create": None, "claim": 6, "hold": 6}
_SHARE = 0.7


def endpoint(name):
    """Returns an endpoint of the measurements."""
    return {"me": _ME, "project_sponsor": _SPONSOR}.get(name) or BY_NAME[name]


def record(session):
    """Records the statements of every endpoint, and of two state changes. Returns the recordings by name."""
    recordings = {}
    with Recorder(session.database) as recorder, \
            Service(session.binary, recorder.url, session.scratch,
                    settings={"ENTENTE_DATABASE_CONNECTIONS": "1"}) as service:
        admin, sponsor = service.token(), service.token("cio", "projects:read")
        client = service.client()
        first = session.visitors.take(100)

        def sender(one, token):
            return lambda number: expect(client, one, token, first + number)

        for name in ("project", *_READS, "create"):
            recordings[name] = statements.record(recorder, name, sender(endpoint(name), admin))
        recordings["project_sponsor"] = statements.record(recorder, "project_sponsor", sender(_SPONSOR, sponsor))
        changes = {"claim": ("/v1/callback-requests/next", admin),
                   "hold": ("/v1/projects/prj_01kdvdna00e00800000000000b/hold", service.token("cio"))}
        for name, (path, token) in changes.items():
            body = {"reason": "Benchmark"} if name == "hold" else {}
            recordings[name] = statements.record_once(
                recorder, name, lambda path=path, token=token, body=body: client.call("POST", path, body, token))
        client.close()
    return recordings


def expect(client, one, token, number):
    """Sends a request of an endpoint, which has to succeed."""
    status, body = client.send(one.method, one.path, one.body(number), token if one.authenticated else "")
    if status != one.status:
        raise BenchError(f"{one.name}: status {status}: {body[:300]!r}")


def p8(recordings):
    """Statements per request."""
    for name, limit in _STATEMENTS.items():
        yield Figure("P8", f"statements of {name}", "postgres", recordings[name].count(), "", limit, False,
                     "without BEGIN, COMMIT")


def p2(session, recordings, seconds, rounds):
    """The service next to pgbench with the same statements."""
    sponsor = session.service.token("cio", "projects:read")
    fixed = {"project": ("project-with-sides", 0.55, "project and sides in one statement"),
             "create": ("callback-creation", 1.3, "the ten statements of 0.2.0")}
    for name in ("project", "project_sponsor", "create", *_READS):
        path, variables = recordings[name].write_pgbench(session.scratch)
        token = sponsor if name == "project_sponsor" else session.token
        runs = [lambda name=name, token=token: session.wrk(endpoint(name), seconds, token),
                lambda path=path, variables=variables: pgbench(session.database, seconds, script=path,
                                                               variables=variables)]
        if name in fixed:
            script = _SCRIPTS / f"{fixed[name][0]}.sql"
            runs.append(lambda script=script: pgbench(session.database, seconds, script=script))
        results = in_rounds(rounds, *runs)
        ours, own, note = rate(results[0]), rate(results[1]), failures(results[0] + results[1])
        limit = None if name in fixed else 0.6
        yield Figure("P2", f"{name} / pgbench, own statements", "postgres", ours / own, "x", limit,
                     note=f"{ours:,.0f}/s, {own:,.0f}/s {note}".strip())
        if name in fixed:
            other = rate(results[2])
            yield Figure("P2", f"{name} / pgbench, {fixed[name][2]}", "postgres", ours / other, "x", fixed[name][1],
                         note=f"{ours:,.0f}/s, {other:,.0f}/s {note}".strip())


def p4(session, seconds, recordings=None):
    """p99 / p50 at 70 % of the highest rate; creations on PostgreSQL next to pgbench."""
    for name in ("project", "projects50", "callbacks50", "slots", "inbox", "coverage", "partnership"):
        highest = session.wrk(endpoint(name), seconds)
        paced = session.wrk(endpoint(name), seconds, clients=PACED_CLIENTS, rate=_SHARE * highest.rate)
        yield Figure("P4", f"{name}, p99 / p50", session.kind, paced.tail(), "x", 6, False, _tail(paced, highest))
    highest = session.wrk(BY_NAME["create"], seconds)
    paced = session.wrk(BY_NAME["create"], seconds, clients=PACED_CLIENTS, rate=_SHARE * highest.rate)
    yield Figure("P4", "create, p99 / p50", session.kind, paced.tail(), "x", note=_tail(paced, highest))
    if recordings:
        path, variables = recordings["create"].write_pgbench(session.scratch)
        most = pgbench(session.database, seconds, script=path, variables=variables)
        other = pgbench(session.database, seconds, script=path, variables=variables, rate=_SHARE * most.rate)
        yield Figure("P4", "create, p99 / p50 over that of pgbench", session.kind, paced.tail() / other.tail(), "x",
                     1.5, False, f"pgbench: {_tail(other, most)}")


def _tail(paced, highest):
    return (f"{paced.p50:.2f} and {paced.p99:.2f} ms at {100 * paced.rate / highest.rate:.0f} % of "
            f"{highest.rate:,.0f}/s {failures([paced])}").strip()


def p9(session, recordings, seconds, rounds):
    """The service next to FastAPI and SQLAlchemy with the same statements."""
    statements.write_json(session.scratch / "statements.json",
                          [recordings[name] for name in ("project", "projects50", "create")])
    with Peer(session) as peer:
        for name, limit in (("project", 20), ("projects50", 12), ("create", 8)):
            peer.check(endpoint(name), callback_request(0))
            ours, theirs = in_rounds(
                rounds, lambda name=name: session.wrk(endpoint(name), seconds),
                lambda name=name: peer.wrk(endpoint(name), seconds))
            yield Figure("P9", f"{name} / FastAPI", "postgres", rate(ours) / rate(theirs), "x", limit,
                         note=f"{rate(ours):,.0f}/s, {rate(theirs):,.0f}/s {failures(ours + theirs)}".strip())

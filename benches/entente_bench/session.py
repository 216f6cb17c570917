"""The service on one database, with what the measurements of `make bench` share."""

from . import dataset, load
from .databases import open_database
from .service import Service


class Session:
    """A database with the data of the measurements, and the service on it, without background work."""

    def __init__(self, stack, binary, kind, scratch):
        self.binary, self.kind, self.scratch = binary, kind, scratch / kind
        self.database = stack.enter_context(open_database(kind, "bench", self.scratch))
        self.scratch.mkdir(exist_ok=True)
        dataset.prepare(binary, self.database.url, self.scratch)
        self.service = stack.enter_context(Service(binary, self.database.url, self.scratch))
        self.token = self.service.token()
        self.visitors = load.Visitors()
        self.most_memory = 0

    def wrk(self, endpoint, seconds, token=None, **options):
        """Runs wrk on an endpoint, and keeps the highest memory of the service."""
        result = load.wrk(self.service.base, endpoint, seconds, token=token or self.token, visitors=self.visitors,
                          **options)
        self.most_memory = max(self.most_memory, self.service.memory())
        return result

"""Reads complete lists through the API: the event feed, and lists with a cursor."""


def read_feed(client):
    """Returns all events."""
    events, after = [], 0
    while page := client.call("GET", f"/v1/events?after={after}&limit=100")["data"]:
        events += page
        after = page[-1]["sequence"]
    return events


def read_all(client, path):
    """Returns all entries of a list."""
    page = client.call("GET", f"{path}?limit=100")
    entries = page["data"]
    while page["next_cursor"]:
        page = client.call("GET", f"{path}?limit=100&cursor={page['next_cursor']}")
        entries += page["data"]
    return entries

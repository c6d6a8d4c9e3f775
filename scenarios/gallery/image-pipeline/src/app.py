"""Halves the pictures of the event. The picture itself is made up from its key, so that the handler runs anywhere."""
import hashlib
import urllib.parse

SIZE = 256


def fetch(key):
    """A grey picture of SIZE x SIZE, one byte a point, out of the key."""
    if not key.startswith("uploads/"):
        raise ValueError(f"{key} is no upload")
    line = hashlib.sha256(key.encode()).digest() * (SIZE // 32)
    return [line] * SIZE


def halve(rows):
    return [bytes((a[x] + a[x + 1] + b[x] + b[x + 1]) // 4 for x in range(0, len(a), 2)) for a, b in zip(rows[::2], rows[1::2])]


def handler(event, context):
    done = []
    for record in event["Records"]:
        key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        rows = fetch(key)
        while len(rows) > 32:
            rows = halve(rows)
        done.append({"key": key.replace("uploads/", "small/"), "bytes": sum(map(len, rows))})
    return done

"""Counts clicks by page. A record that is no JSON raises, as careless code does: the whole batch fails with it."""
import base64
import collections
import json


def handler(event, context):
    pages = collections.Counter()
    for record in event["Records"]:
        click = json.loads(base64.b64decode(record["kinesis"]["data"]))
        pages[click["page"]] += 1
    return {"pages": len(pages), "clicks": sum(pages.values())}

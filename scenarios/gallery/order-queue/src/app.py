"""Books the orders of a batch; those that fail are reported, so that only they come back."""
import json


def book(order):
    total = sum(item["count"] for item in order["items"])
    if total <= 0:
        raise ValueError(f"order {order['order']} is empty")
    return total


def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            book(json.loads(record["body"]))
        except (ValueError, KeyError, TypeError):
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}

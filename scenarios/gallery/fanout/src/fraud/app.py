"""Judges large sales: a chain of digests stands for the model."""
import hashlib
import json


def score(sale):
    digest = json.dumps(sale, sort_keys=True).encode()
    for _ in range(20000):
        digest = hashlib.sha256(digest).digest()
    return digest[0] / 255


def handler(event, context):
    sales = [json.loads(record["body"]) for record in event["Records"]]
    return [{"sale": sale["sale"], "suspicious": score(sale) > 0.98} for sale in sales]

"""Work for each record of a batch: some ms of CPU, or of waiting."""
import hashlib
import json
import time


def body_of(record):
    return json.loads(record["body"])


def compute(event, context):
    for record in event["Records"]:
        digest = body_of(record)["order"].encode()
        for _ in range(1500):
            digest = hashlib.sha256(digest).digest()
    return {"batchItemFailures": []}


def wait(event, context):
    for record in event["Records"]:
        body_of(record)
        time.sleep(0.002)


def report(event, context):
    """Says which records it could not process."""
    failures = [{"itemIdentifier": record["messageId"]} for record in event["Records"] if "bad" in body_of(record)]
    return {"batchItemFailures": failures}


def refuse(event, context):
    """Raises instead."""
    for record in event["Records"]:
        assert "bad" not in body_of(record)


def second(event, context):
    """Raises unless it sees all of them for the second time or later."""
    for record in event["Records"]:
        assert int(record["attributes"]["ApproximateReceiveCount"]) >= 2


def weigh(event, context):
    """Bad ones take much longer."""
    for record in event["Records"]:
        time.sleep(0.2 if "bad" in body_of(record) else 0.001)

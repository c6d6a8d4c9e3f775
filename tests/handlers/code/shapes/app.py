"""Reads the event of every source as real functions do, and raises where anything is not as AWS documents it. Returns the source's name."""
import base64
import hashlib
import json
import re
from datetime import datetime, timezone
from urllib.parse import unquote_plus, urlparse

ACCOUNT = "123456789012"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
START = datetime(2025, 1, 6, tzinfo=timezone.utc)
YEAR = 366 * 86400


def form(pattern, text):
    assert isinstance(text, str) and re.fullmatch(pattern, text), (pattern, text)


def keys(mapping, always, sometimes=""):
    have = set(mapping)
    assert set(always.split()) <= have, set(always.split()) - have
    assert have <= set(always.split()) | set(sometimes.split()), have


def near(when):
    """A moment of the simulated year, and no other."""
    assert 0 <= (when - START).total_seconds() < YEAR, when


def iso(text, milliseconds):
    form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + (r"\.\d{3}" if milliseconds else "") + "Z", text)
    near(datetime.fromisoformat(text.replace("Z", "+00:00")))


def epoch_text(text):
    form(r"\d{13}", text)
    near(datetime.fromtimestamp(int(text) / 1000, timezone.utc))


def arn(text, service, rest):
    form(rf"arn:aws:{service}:[a-z0-9-]+:{ACCOUNT}:{rest}", text)


def sqs(event):
    keys(event, "Records")
    for record in event["Records"]:
        keys(record, "messageId receiptHandle body attributes messageAttributes md5OfBody eventSource eventSourceARN awsRegion",
             "md5OfMessageAttributes")
        form(UUID, record["messageId"])
        base64.b64decode(record["receiptHandle"], validate=True)
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()
        attributes = record["attributes"]
        keys(attributes, "ApproximateReceiveCount SentTimestamp SenderId ApproximateFirstReceiveTimestamp",
             "AWSTraceHeader SequenceNumber MessageGroupId MessageDeduplicationId DeadLetterQueueSourceArn")
        assert all(isinstance(value, str) for value in attributes.values())
        assert int(attributes["ApproximateReceiveCount"]) >= 1
        epoch_text(attributes["SentTimestamp"])
        epoch_text(attributes["ApproximateFirstReceiveTimestamp"])
        form("(AIDA|AROA).+", attributes["SenderId"])
        if record["eventSourceARN"].endswith(".fifo"):
            form(r"\d{20}", attributes["SequenceNumber"])
            assert 1 <= len(attributes["MessageGroupId"]) <= 128
            assert attributes["MessageDeduplicationId"] == hashlib.sha256(record["body"].encode()).hexdigest()
        arn(record["eventSourceARN"], "sqs", r"[A-Za-z0-9_-]+(\.fifo)?")
        assert record["messageAttributes"] == {}


def kinesis(event):
    keys(event, "Records", "window state shardId eventSourceARN isFinalInvokeForWindow isWindowTerminatedEarly")
    for record in event["Records"]:
        keys(record, "kinesis eventSource eventVersion eventID eventName invokeIdentityArn awsRegion eventSourceARN")
        inner = record["kinesis"]
        keys(inner, "kinesisSchemaVersion partitionKey sequenceNumber data approximateArrivalTimestamp", "encryptionType")
        base64.b64decode(inner["data"], validate=True)
        form(r"4959\d{52}", inner["sequenceNumber"])
        assert 1 <= len(inner["partitionKey"]) <= 256
        assert isinstance(inner["approximateArrivalTimestamp"], float)
        near(datetime.fromtimestamp(inner["approximateArrivalTimestamp"], timezone.utc))
        form(r"shardId-\d{12}:" + inner["sequenceNumber"], record["eventID"])
        assert (record["eventName"], record["eventVersion"], inner["kinesisSchemaVersion"]) == ("aws:kinesis:record", "1.0", "1.0")
        form(rf"arn:aws:iam::{ACCOUNT}:role/.+", record["invokeIdentityArn"])
        arn(record["eventSourceARN"], "kinesis", r"stream/[A-Za-z0-9_.-]+(/consumer/[A-Za-z0-9_.-]+:\d{10})?")
    windowed(event)


def windowed(event):
    if "window" not in event:
        return
    keys(event["window"], "start end")
    iso(event["window"]["start"], False)
    iso(event["window"]["end"], False)
    assert isinstance(event["state"], dict)
    assert isinstance(event["isFinalInvokeForWindow"], bool) and isinstance(event["isWindowTerminatedEarly"], bool)
    form(r"shardId-[0-9a-f-]+", event["shardId"])


def attribute_value(value):
    (kind, inner), = value.items()
    if kind in ("L", "M"):
        for item in inner if kind == "L" else inner.values():
            attribute_value(item)
    else:
        assert isinstance(inner, {"S": str, "N": str, "B": str, "BOOL": bool, "NULL": bool, "SS": list, "NS": list, "BS": list}[kind])
        if kind == "N":
            float(inner)


def dynamodb(event):
    keys(event, "Records", "window state shardId eventSourceARN isFinalInvokeForWindow isWindowTerminatedEarly")
    for record in event["Records"]:
        keys(record, "eventID eventName eventVersion eventSource awsRegion dynamodb eventSourceARN", "userIdentity")
        inner = record["dynamodb"]
        keys(inner, "ApproximateCreationDateTime Keys SequenceNumber SizeBytes StreamViewType", "NewImage OldImage")
        form("[0-9a-f]{32}", record["eventID"])
        assert record["eventName"] in ("INSERT", "MODIFY", "REMOVE")
        assert inner["ApproximateCreationDateTime"] == int(inner["ApproximateCreationDateTime"])
        near(datetime.fromtimestamp(inner["ApproximateCreationDateTime"], timezone.utc))
        assert 1 <= len(inner["Keys"]) <= 2
        for image in ("Keys", "NewImage", "OldImage"):
            for value in inner.get(image, {}).values():
                attribute_value(value)
        for image in ("NewImage", "OldImage"):
            assert image not in inner or inner["Keys"].items() <= inner[image].items()
        assert ("NewImage" in inner) == (record["eventName"] != "REMOVE" and "NEW" in inner["StreamViewType"])
        form(r"\d{21,40}", inner["SequenceNumber"])
        assert isinstance(inner["SizeBytes"], int) and inner["SizeBytes"] > 0
        arn(record["eventSourceARN"], "dynamodb", r"table/[A-Za-z0-9_.-]+/stream/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}")
    windowed(event)


def s3(event):
    record, = event["Records"]
    keys(record, "eventVersion eventSource awsRegion eventTime eventName userIdentity requestParameters responseElements s3")
    form(r"2\.\d", record["eventVersion"])
    iso(record["eventTime"], True)
    assert not record["eventName"].startswith("s3:") and "*" not in record["eventName"]
    keys(record["userIdentity"], "principalId")
    keys(record["requestParameters"], "sourceIPAddress")
    keys(record["responseElements"], "x-amz-request-id x-amz-id-2")
    keys(record["s3"], "s3SchemaVersion configurationId bucket object")
    bucket, thing = record["s3"]["bucket"], record["s3"]["object"]
    keys(bucket, "name ownerIdentity arn")
    assert bucket["arn"] == "arn:aws:s3:::" + bucket["name"]
    keys(thing, "key size eTag sequencer", "versionId")
    form(r"[A-Za-z0-9%+/._*-]+", thing["key"])
    assert unquote_plus(thing["key"])
    assert isinstance(thing["size"], int)
    form("[0-9a-f]{32}(-[0-9]+)?", thing["eTag"])
    form("[0-9A-F]{16,18}", thing["sequencer"])


def sns(event):
    record, = event["Records"]
    keys(record, "EventSource EventVersion EventSubscriptionArn Sns")
    inner = record["Sns"]
    keys(inner, "Type MessageId TopicArn Subject Message Timestamp SignatureVersion Signature SigningCertUrl UnsubscribeUrl "
                "MessageAttributes", "SequenceNumber")
    form(UUID, inner["MessageId"])
    form(re.escape(inner["TopicArn"]) + ":" + UUID, record["EventSubscriptionArn"])
    iso(inner["Timestamp"], True)
    assert len(base64.b64decode(inner["Signature"], validate=True)) == 256
    assert urlparse(inner["SigningCertUrl"]).hostname.endswith(".amazonaws.com")
    assert record["EventSubscriptionArn"] in inner["UnsubscribeUrl"]
    assert isinstance(inner["Message"], str) and inner["Type"] == "Notification"


def event_bridge(event):
    keys(event, "version id detail-type source account time region resources detail")
    form(UUID, event["id"])
    iso(event["time"], False)
    assert (event["version"], event["account"]) == ("0", ACCOUNT)
    assert all(isinstance(resource, str) for resource in event["resources"])
    if event["source"] == "aws.scheduler":
        arn(event["resources"][0], "scheduler", "schedule/[^/]+/[^/]+")
        assert event["detail"] == "{}"
        return "ScheduleV2"
    assert isinstance(event["detail"], dict)
    if event["source"] != "aws.events":
        return "EventBridgeRule"
    assert event["detail-type"] == "Scheduled Event" and event["detail"] == {}
    arn(event["resources"][0], "events", "rule/.+")
    return "Schedule"


def only_texts(value):
    """CloudFormation has no numbers and no booleans."""
    assert value is None or isinstance(value, (str, list, dict)), value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        only_texts(inner)


def custom_resource(event):
    keys(event, "RequestType ServiceToken ResponseURL StackId RequestId LogicalResourceId ResourceType ResourceProperties",
         "PhysicalResourceId OldResourceProperties")
    assert event["RequestType"] in ("Create", "Update", "Delete")
    assert urlparse(event["ResponseURL"]).scheme == "https"
    form(UUID, event["RequestId"])
    arn(event["StackId"], "cloudformation", "stack/[A-Za-z0-9-]+/" + UUID)
    arn(event["ServiceToken"], "lambda", "function:.+")
    assert event["ResourceProperties"]["ServiceToken"] == event["ServiceToken"]
    only_texts(event["ResourceProperties"])


def request_body(event):
    body = event.get("body") or ""
    assert isinstance(event["isBase64Encoded"], bool)
    return base64.b64decode(body, validate=True) if event["isBase64Encoded"] else body.encode()


def http2(event):
    keys(event, "version routeKey rawPath rawQueryString headers requestContext isBase64Encoded", "body pathParameters cookies "
         "queryStringParameters stageVariables")
    context = event["requestContext"]
    keys(context, "accountId apiId domainName domainPrefix http requestId routeKey stage time timeEpoch")
    keys(context["http"], "method path protocol sourceIp userAgent")
    assert context["http"]["path"] == event["rawPath"] and context["routeKey"] == event["routeKey"]
    when = datetime.strptime(context["time"], "%d/%b/%Y:%H:%M:%S %z")
    near(when)
    assert context["timeEpoch"] // 1000 == int(when.timestamp())
    assert all(name == name.lower() and isinstance(value, str) for name, value in event["headers"].items())
    assert int(event["headers"].get("content-length", "0")) == len(request_body(event))
    if ".lambda-url." not in context["domainName"]:
        form(r".{15}=", context["requestId"])
        return "HttpApi"
    form(UUID, context["requestId"])
    assert event["routeKey"] == "$default" and context["accountId"] == "anonymous"
    return "FunctionUrl"


def rest(event):
    http = event.get("version") == "1.0"
    keys(event, "resource path httpMethod headers multiValueHeaders queryStringParameters multiValueQueryStringParameters "
                "pathParameters stageVariables requestContext body isBase64Encoded", "version")
    context = event["requestContext"]
    keys(context, "resourceId resourcePath httpMethod extendedRequestId requestTime path accountId protocol stage domainPrefix "
                  "requestTimeEpoch requestId identity domainName apiId", "authorizer" if http else "deploymentId")
    keys(context["identity"], "accessKey accountId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId "
                              "cognitoIdentityPoolId principalOrgId sourceIp user userAgent userArn", "cognitoAmr")
    assert {name: values[-1] for name, values in event["multiValueHeaders"].items()} == event["headers"]
    near(datetime.strptime(context["requestTime"], "%d/%b/%Y:%H:%M:%S %z"))
    request_body(event)
    return "HttpApi 1.0" if http else "Api"


def alb(event):
    multi = "multiValueHeaders" in event
    prefix = "multiValueQ" if multi else "q"
    keys(event, f"requestContext httpMethod path {prefix}ueryStringParameters body isBase64Encoded "
         + ("multiValueHeaders" if multi else "headers"))
    arn(event["requestContext"]["elb"]["targetGroupArn"], "elasticloadbalancing", "targetgroup/[^/]+/[0-9a-f]{16}")
    headers = event["multiValueHeaders" if multi else "headers"]
    form("Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["x-amzn-trace-id"][0] if multi else headers["x-amzn-trace-id"])
    request_body(event)


def edge(event):
    record, = event["Records"]
    cf = record["cf"]
    keys(cf, "config request", "response")
    keys(cf["config"], "distributionDomainName distributionId eventType requestId")
    kind = cf["config"]["eventType"]
    keys(cf["request"], "clientIp headers method querystring uri", "body origin")
    assert cf["request"]["uri"].startswith("/")
    for side in filter(None, (cf["request"], cf.get("response"))):
        for name, values in side["headers"].items():
            assert name == name.lower() and all(value["key"].lower() == name for value in values)
    assert ("origin" in cf["request"]) == kind.startswith("origin") and ("response" in cf) == kind.endswith("response")
    if "response" in cf:
        form(r"\d{3}", cf["response"]["status"])
    if "body" in cf["request"]:
        keys(cf["request"]["body"], "inputTruncated action encoding data")
        base64.b64decode(cf["request"]["body"]["data"], validate=True)


def handler(event, context):
    """Finds out whose event it is, checks it, and answers the name."""
    first = event["Records"][0] if isinstance(event, dict) and event.get("Records") else {}
    for name, source, check in (("SQS", "aws:sqs", sqs), ("Kinesis", "aws:kinesis", kinesis), ("DynamoDB", "aws:dynamodb", dynamodb),
                                ("S3", "aws:s3", s3), ("SNS", "aws:sns", sns)):
        if source in (first.get("eventSource"), first.get("EventSource")):
            check(event)
            return name
    for name, fits, check in (("LambdaEdge", "cf" in first, edge), ("CustomResource", "RequestType" in event, custom_resource),
                              ("Alb", "elb" in event.get("requestContext", ""), alb), ("", event.get("version") == "2.0", http2),
                              ("", "httpMethod" in event, rest), ("", "detail-type" in event, event_bridge)):
        if fits:
            return check(event) or name
    return "Invoke"



def state(event, context):
    """Every record's content says what the simulation knew: the record must say the same."""
    handler(event, context)
    for record in event["Records"]:
        if record["eventSource"] == "aws:sqs":
            known, attributes = json.loads(record["body"]), record["attributes"]
            said = {"receives": int(attributes["ApproximateReceiveCount"]), "sent": int(attributes["SentTimestamp"]),
                    "received": int(attributes["ApproximateFirstReceiveTimestamp"]),
                    "sequence": int(attributes["SequenceNumber"][3:]), "key": attributes["MessageGroupId"]}
        elif record["eventSource"] == "aws:kinesis":
            known, inner = json.loads(base64.b64decode(record["kinesis"]["data"])), record["kinesis"]
            said = {"arrival": round(inner["approximateArrivalTimestamp"] * 1000), "sequence": int(inner["sequenceNumber"][-20:]),
                    "shard": int(record["eventID"].split(":")[0][-12:]), "key": inner["partitionKey"]}
        else:
            inner = record["dynamodb"]
            known = json.loads(inner["NewImage"]["known"]["S"])
            said = {"arrival_s": inner["ApproximateCreationDateTime"], "sequence": int(inner["SequenceNumber"][1:]),
                    "key": inner["Keys"]["id"]["S"]}
        assert said == {name: known[name] for name in said}, (said, known)
    return len(event["Records"])


SEQUENCES = {}  # by the event's number; a process sees one queue or stream


def sequence(number, said):
    """Of one record always the same, and in the order in which records came."""
    assert SEQUENCES.setdefault(number, said) == said, (number, said, SEQUENCES)
    for other, value in SEQUENCES.items():
        assert (other < number) == (value < said) or other == number, (number, said, other, value)


def shard_of(key, shards):
    return int(hashlib.md5(key.encode()).hexdigest(), 16) * shards >> 128


def simulated(event, context):
    """Events of a simulation: every record says in its content what was expected of it, and must be so."""
    handler(event, context)
    for record in event["Records"]:
        if record["eventSource"] == "aws:sqs":
            known, attributes = json.loads(record["body"]), record["attributes"]
            said = {"receives": int(attributes["ApproximateReceiveCount"]), "born": int(attributes["SentTimestamp"])}
            assert ("SequenceNumber" in attributes) == known["fifo"]
            if known["fifo"]:
                said["key"] = attributes["MessageGroupId"]
                sequence(known["number"], int(attributes["SequenceNumber"]))
        elif record["eventSource"] == "aws:kinesis":
            known, inner = json.loads(base64.b64decode(record["kinesis"]["data"])), record["kinesis"]
            said = {"born": round(inner["approximateArrivalTimestamp"] * 1000), "key": inner["partitionKey"],
                    "number": int(inner["sequenceNumber"][-20:])}
            assert int(record["eventID"].split(":")[0][-12:]) == shard_of(known["key"], known["shards"])
        else:
            inner = record["dynamodb"]
            known = json.loads(inner["NewImage"]["known"]["S"])
            said = {"born": inner["ApproximateCreationDateTime"] * 1000, "key": inner["Keys"]["id"]["S"],
                    "number": int(inner["SequenceNumber"][1:])}
            known["born"] -= known["born"] % 1000
        assert said == {name: known[name] for name in said}, (said, known)
    return len(event["Records"])

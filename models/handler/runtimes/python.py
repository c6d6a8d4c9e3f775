"""The Python runtime of weir: takes events from the Lambda Runtime API and hands them to the user's handler.

Written from the AWS Lambda Developer Guide ("Using the Lambda runtime API", "Define Lambda function handler in Python", "Using the
Lambda context object"); what the guide leaves open (names and texts of errors) follows AWS's Python runtime client.
Standard library only, and little of it, so that what the user's code imports is measured as the user's.
"""

import json
import os
import socket
import sys
import time

API = "/2018-06-01/runtime/"


class Client:
    """One kept-alive connection. Requests go out in one write: headers and body in two cost 40 ms (delayed acknowledgement)."""

    def __init__(self, address):
        self.host, _, port = address.rpartition(":")
        self.port = int(port)
        self.socket = None
        self.rest = b""

    def connect(self):
        self.socket = socket.create_connection((self.host, self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the Runtime API closed the connection")
        self.rest += piece

    def answer(self):
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        pieces, have = [self.rest], len(self.rest)
        while have < length:
            piece = self.socket.recv(1 << 20)
            if not piece:
                raise ConnectionError("the Runtime API closed the connection")
            pieces.append(piece)
            have += len(piece)
        data = b"".join(pieces)
        self.rest = data[length:]
        if headers.get("connection", "").lower() == "close":
            self.socket.close()
            self.socket = None
        return int(lines[0].split(" ")[1]), headers, data[:length]

    def call(self, method, path, body=b"", headers=()):
        if self.socket is None:
            self.connect()
        lines = ["%s %s%s HTTP/1.1" % (method, API, path), "Host: %s:%d" % (self.host, self.port)]
        lines += ["%s: %s" % pair for pair in headers]
        if method == "POST":
            lines.append("Content-Length: %d" % len(body))
        self.socket.sendall("\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body)
        return self.answer()

    def next(self):
        status, headers, body = self.call("GET", "invocation/next")
        if status != 200:
            raise ConnectionError("the Runtime API answered next with status %d" % status)
        return headers, body

    def post(self, path, body, error_type=None, content_type="application/json"):
        headers = [("Content-Type", content_type)]
        if error_type is not None:
            headers.append(("Lambda-Runtime-Function-Error-Type", error_type.replace("\r", " ").replace("\n", " ")))
        return self.call("POST", path, body, headers)[0]


class Fault(Exception):
    """A mistake that Lambda has a name for."""

    def __init__(self, kind, text, trace=None):
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.trace = trace


class CognitoIdentity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __init__(self, identity):
        self.cognito_identity_id = identity.get("cognitoIdentityId")
        self.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")


class ClientApplication:
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]


class ClientContext:
    __slots__ = ["custom", "env", "client"]

    def __init__(self, context):
        self.client = None
        if context.get("client"):
            self.client = ClientApplication()
            for name in ClientApplication.__slots__:
                setattr(self.client, name, context["client"].get(name))
        self.custom = context.get("custom")
        self.env = context.get("env")


class LambdaContext:
    def __init__(self, headers):
        def parsed(name):
            text = headers.get(name)
            return json.loads(text) if text else None

        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = parsed("lambda-runtime-client-context")
        self.client_context = ClientContext(client) if client else None
        self.identity = CognitoIdentity(parsed("lambda-runtime-cognito-identity") or {})
        self._deadline_ms = int(headers.get("lambda-runtime-deadline-ms", "0"))

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(round(time.time() * 1000)), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        fields = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb", "function_version",
                  "invoked_function_arn", "client_context", "identity", "tenant_id")
        return "LambdaContext([%s])" % ",".join("%s=%s" % (name, getattr(self, name)) for name in fields)


def stack_of(error):
    """The user's part of the trace, outermost first, one text a frame."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return [line.rstrip("\n") for line in traceback.format_list(frames) if "importlib" not in line.split(",")[0]]


def describe(error, request_id=""):
    """(type, JSON) of an exception as the Runtime API wants it."""
    if isinstance(error, Fault):
        kind, text = error.kind, error.text
        trace = error.trace if error.trace is not None else []
    else:
        kind, text, trace = type(error).__name__, str(error), stack_of(error)
    told = {"errorMessage": text, "errorType": kind, "requestId": request_id, "stackTrace": trace}
    print("[ERROR] %s: %s" % (kind, text), *trace, sep="\n", flush=True)
    return kind, json.dumps(told).encode()


def find_handler(name):
    import importlib

    if not name or "." not in name:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    module_name, _, function_name = name.rpartition(".")
    module_name = module_name.replace("/", ".")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error)) from error
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), trace) from error
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name)) from error


def set_up_logging():
    """Lambda gives the root logger a handler; functions count on it and only set the level."""
    import logging

    class Handler(logging.StreamHandler):
        def format(self, record):
            record.aws_request_id = CURRENT["id"]
            return super().format(record)

    handler = Handler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.formatter.converter = time.gmtime
    logging.getLogger().addHandler(handler)


CURRENT = {"id": ""}
# Up to 3.11 Lambda's runtime escapes what is not ASCII; from 3.12 on it does not.
ASCII = os.environ.get("AWS_EXECUTION_ENV", "") in ["AWS_Lambda_python3.%d" % minor for minor in range(12)]

# Stands before the digits of a decimal number until the text is whole. Nobody else's text holds it.
MARK = "decimal-%s:" % os.urandom(16).hex()
PLAIN = {str, int, float, bool, type(None)}


def is_named_tuple(value):
    return isinstance(value, tuple) and callable(getattr(value, "_asdict", None))


def holds_named_tuple(value):
    """Whether one is anywhere in an answer without cycles; lists of plain values, which most are, are passed at once."""
    rest = [value]
    while rest:
        value = rest.pop()
        if is_named_tuple(value):
            return True
        if isinstance(value, (dict, list, tuple)):
            items = value.values() if isinstance(value, dict) else value
            if not set(map(type, items)) <= PLAIN:
                rest.extend(items)
    return False


def without_named_tuples(value):
    if is_named_tuple(value):
        value = value._asdict()
    if isinstance(value, dict):
        return {name: without_named_tuples(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_named_tuples(item) for item in value]
    return value


class Encoder(json.JSONEncoder):
    """AWS's runtime client encodes with simplejson, which knows more than the standard library: decimal numbers keep their digits,
    bytes inside an answer are UTF-8 text, and named tuples are objects."""

    marked = False

    def default(self, value):
        decimal = sys.modules.get("decimal")  # without it there are no decimals
        if decimal and isinstance(value, decimal.Decimal):
            if value.is_nan():
                return float("nan")
            self.marked = True
            return MARK + str(value)
        if isinstance(value, bytes):
            return value.decode()
        if callable(getattr(value, "_asdict", None)):
            return without_named_tuples(value._asdict())
        return super().default(value)


def to_json(value):
    encoder = Encoder(ensure_ascii=ASCII)
    text = encoder.encode(value)  # refuses cycles, so it comes first
    if holds_named_tuple(value):
        text = encoder.encode(without_named_tuples(value))
    if encoder.marked:
        import re

        text = re.sub('"%s([^"]*)"' % MARK, r"\1", text)
    return text.encode()


def marshal(value):
    """(body, content type) of what a handler returned; bytes go out as they are."""
    return (value, "application/unknown") if isinstance(value, bytes) else (to_json(value), "application/json")


def handle(client, handler, headers, body):
    request_id = headers["lambda-runtime-aws-request-id"]
    CURRENT["id"] = request_id
    if "lambda-runtime-trace-id" in headers:
        os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
    path = "invocation/%s/" % request_id
    try:
        try:
            event = json.loads(body)
        except ValueError as error:
            raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error) from error
        result = handler(event, LambdaContext(headers))
        try:
            answer, content_type = marshal(result)
        except Exception as error:
            raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error) from error
    except Exception as error:
        kind, told = describe(error, request_id)
        client.post(path + "error", told, kind)
    else:
        client.post(path + "response", answer, content_type=content_type)


def main():
    root = os.environ["LAMBDA_TASK_ROOT"]
    sys.path[0] = root  # instead of this file's own folder
    client = Client(os.environ["AWS_LAMBDA_RUNTIME_API"])
    set_up_logging()
    try:
        handler = find_handler(os.environ.get("_HANDLER", ""))
    except Exception as error:
        kind, told = describe(error)
        client.post("init/error", told, kind)
        sys.exit(1)
    while True:
        headers, body = client.next()
        handle(client, handler, headers, body)


if __name__ == "__main__":
    main()

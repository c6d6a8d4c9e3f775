"""Well and badly behaved handlers, one function each. CASES: see tests/handlers/handlers.c."""
import os
import signal
import subprocess
import sys
import time


def hello(event, context):
    return {"statusCode": 200, "body": "hello"}


def echo(event, context):
    return event


# Lambda Developer Guide, "Defined runtime environment variables", what `env` shows in a function, and what is always the same there.
LAMBDA_SETS = set("""_HANDLER _X_AMZN_TRACE_ID AWS_REGION AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME
    AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME
    AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT
    LAMBDA_RUNTIME_DIR TZ LANG PATH LD_LIBRARY_PATH AWS_XRAY_CONTEXT_MISSING AWS_XRAY_DAEMON_ADDRESS _AWS_XRAY_DAEMON_ADDRESS
    _AWS_XRAY_DAEMON_PORT PYTHONPATH PWD SHLVL""".split())
LAMBDA_VALUES = {
    "TZ": ":UTC", "LANG": "en_US.UTF-8", "SHLVL": "0", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "_HANDLER": "app.context_of",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000", "_AWS_XRAY_DAEMON_PORT": "2000",
    "_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1", "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin", "PWD": os.getcwd(),
}


def context_of(event, context):
    left = context.get_remaining_time_in_millis()
    assert 0 < left <= 3000, left
    assert len(context.aws_request_id) == 36
    assert context.function_name == "Tested" and context.function_version == "$LATEST"
    assert context.memory_limit_in_mb == "128"
    assert context.invoked_function_arn == "arn:aws:lambda:eu-west-1:123456789012:function:Tested"
    assert context.log_group_name == "/aws/lambda/Tested" and "[$LATEST]" in context.log_stream_name
    assert context.identity.cognito_identity_id is None and context.client_context is None
    assert os.environ["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert os.environ["COLOUR"] == "blue" and os.environ["AWS_REGION"] == "eu-west-1"
    assert os.environ["AWS_EXECUTION_ENV"].startswith("AWS_Lambda_python3")
    assert "SECRET_OF_THE_USER" not in os.environ
    names = set(os.environ) - {"COLOUR", "SLEEP", "WEIR_SANDBOX", "LC_CTYPE", "TMPDIR"}
    assert names == LAMBDA_SETS, sorted(names ^ LAMBDA_SETS)
    for name, value in LAMBDA_VALUES.items():
        assert os.environ[name] == value, (name, os.environ[name])
    assert os.environ["PYTHONPATH"] == os.environ["LAMBDA_RUNTIME_DIR"] in sys.path and sys.path[0] == os.getcwd(), sys.path
    assert subprocess.run([sys.executable, "-c", "import json"]).returncode == 0, "PYTHONPATH breaks another interpreter"
    assert os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]
    assert sorted(os.listdir("/proc/self/fd")) <= ["0", "1", "2", "3", "4", "5"], os.listdir("/proc/self/fd")
    return "fine"


def burn(event, context):
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass


def burn_in_child(event, context):
    subprocess.run([sys.executable, "-S", "-c", "import time\nwhile time.process_time() < 0.15: pass"], check=True)


def wait(event, context):
    time.sleep(0.1)


def sleep(event, context):
    time.sleep(60)


def leave(event, context):
    sys.exit(1)


def leave_quietly(event, context):
    os._exit(0)


def die(event, context):
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(event, context):
    raise ValueError("the user's own mistake")


def grow(event, context):
    held = []
    while True:
        held.append(bytearray(4 << 20))
        time.sleep(0.001)


def grow_at_once(event, context):
    return len(b"x" * (400 << 20))


def share(event, context):
    """Five processes share one large block: together they use little more than one."""
    block = bytearray(60 << 20)
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            time.sleep(0.2)
            os._exit(block[0])
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def shout(event, context):
    line = b"x" * 1023 + b"\n"
    for _ in range(100 * 1024):
        os.write(1, line)


def breed(event, context):
    for _ in range(20):
        subprocess.Popen(["sleep", os.environ["SLEEP"]])
    subprocess.Popen(["sleep", os.environ["SLEEP"]], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve("/bin/sleep", ["sleep", os.environ["SLEEP"]], {})
        os._exit(0)


def breed_and_sleep(event, context):
    breed(event, context)
    time.sleep(60)


def ignore_signals(event, context):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)


def stop_itself(event, context):
    os.kill(os.getpid(), signal.SIGSTOP)


def kill_the_warden(event, context):
    subprocess.Popen(["sleep", os.environ["SLEEP"]], start_new_session=True)
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def too_large(event, context):
    return "x" * (6 * 1024 * 1024 + 99)


def just_fits(event, context):
    return "x" * (6 * 1024 * 1024 + 98)


def no_json(event, context):
    return {1, 2, 3}


def post(where, body):
    import http.client

    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("POST", "/2018-06-01/runtime/invocation/%s" % where, body)
    return connection.getresponse().status


def answer_twice(event, context):
    path = context.aws_request_id + "/response"
    first, second = post(path, '"first"'), post(path, '"second"')
    assert (first, second) == (202, 400), (first, second)


def close_descriptors(event, context):
    os.closerange(0, 256)
    return 1


def remember(event, context):
    remember.count = getattr(remember, "count", 0) + 1
    return remember.count


def log(event, context):
    import logging

    logging.getLogger().setLevel(logging.INFO)
    logging.info("seen")
    raise RuntimeError("after the log")


def fail_at_length(event, context):
    raise ValueError("line one\nline two\x1b[31m " + "\u00e9" * 400)


def keep_a_file(event, context):
    import tempfile

    kept = os.path.join(tempfile.gettempdir(), "kept")
    assert tempfile.gettempdir() == os.environ["TMPDIR"] and not tempfile.gettempdir().startswith("/tmp/kept")
    assert os.path.exists(kept) == hasattr(keep_a_file, "warm"), "a fresh environment begins with an empty folder"
    keep_a_file.warm = True
    open(kept, "w").close()
    return tempfile.mkstemp()[1]


def fill_a_file(event, context):
    import errno

    path = "/tmp/weir-test-large-%d" % os.getpid()
    try:
        with open(path, "wb", buffering=0) as file:
            file.seek(512 << 20)
            file.write(b"one byte too much")
    except OSError as error:
        assert error.errno == errno.EFBIG, error
        return "refused"
    finally:
        os.unlink(path)


def decimals(event, context):
    from decimal import Decimal

    long = Decimal("12345678901234567890.123456789012345678901234567890")
    return {"price": Decimal("9.99"), "zero": Decimal("1.00"), "long": long, "large": Decimal("1E+3"),
            "none": [Decimal("NaN"), Decimal("-NaN"), Decimal("-Infinity")], "text": "9.99"}


def raw_bytes(event, context):
    return b"\xfe\xff raw"


def bytes_inside(event, context):
    return {"body": "\u00e9".encode()}


def bytes_that_are_no_text(event, context):
    return {"body": b"\xff"}


def named_tuples(event, context):
    from collections import namedtuple

    Point, Line = namedtuple("Point", "x y"), namedtuple("Line", "start end")
    return [Line(Point(1, 2), (3, 4)), {"at": [Point([Point(5, 6)], None)]}]


def contains_itself(event, context):
    answer = {}
    answer["answer"] = [answer]
    return answer

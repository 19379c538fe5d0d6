"""What the commands under ci/ share: where things are, how a preset is built, how tables are printed."""

import atexit
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")

CLEAN, FINDING, USAGE, COULD_NOT_RUN, STOPPED = 0, 1, 2, 3, 130


def say(text):
    print(text, flush=True)


def die(text, status=COULD_NOT_RUN):
    print(text, file=sys.stderr, flush=True)
    sys.exit(status)


def cores():
    return len(os.sched_getaffinity(0))


def rows_of(path, macro):
    """The argument lists of an X-macro table: [["certreq_tls12", "certreq12", ...], ...]."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    return [[a.strip() for a in m.split(",")] for m in re.findall(r"^%s\(([^)]*)\)" % macro, text, re.M)]


def messages():
    return [row[0] for row in rows_of("parsers/messages.def", "CAUTH_MESSAGE")]


def openssl_versions():
    """The oldest version of OpenSSL that the oracle takes, and the newest that it knows: ("3.0", "3.6")."""
    return next(row[1:] for row in rows_of("fuzz/oracles/libraries.def", "CAUTH_LIBRARY") if row[0] == "openssl")


def numbers(version):
    return [int(part) for part in version.split(".")[:2]]


def too_old(version):
    return numbers(version) < numbers(openssl_versions()[0])


def newer_than_known(version):
    """What to say about a version that the oracle does not know yet; "" of others."""
    oldest, newest = openssl_versions()
    if numbers(version) <= numbers(newest):
        return ""
    return ("OpenSSL %s is newer than the oracle and its catalogue know (%s to %s): it may not build, and what it reads otherwise "
            "is not explained yet" % (version, oldest, newest))


def cmake_with_openssl(prefix=None):
    """The options of CMake for an OpenSSL, or that of the machine, in a build folder that may have had another one. A newer one
    may deprecate what the oracle calls, which is no reason not to measure it."""
    root = ["-DOPENSSL_ROOT_DIR=" + os.path.abspath(prefix)] if prefix is not None else []
    return ["-UOPENSSL_*", "-DCAUTH_WERROR=OFF", *root]


def run_logged(args, log, cwd=ROOT, env=None, timeout=None):
    """Runs a command with all its output in the file `log`; returns the exit status (124 on timeout)."""
    with open(log, "ab") as f:
        f.write(("$ " + " ".join(args) + "\n").encode())
        f.flush()
        try:
            return subprocess.run(args, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                                  timeout=timeout).returncode
        except subprocess.TimeoutExpired:
            f.write(("timed out after %d s\n" % timeout).encode())
            return 124
        except OSError as error:
            f.write(("could not be run: %s\n" % error).encode())
            return 127


def build(preset, log, targets=()):
    """Configures and builds a preset into build/<preset>; returns whether it worked."""
    if run_logged(["cmake", "--preset", preset], log) != 0:
        return False
    args = ["cmake", "--build", os.path.join(BUILD, preset), "-j", str(cores())]
    if targets:
        args += ["--target", *targets]
    return run_logged(args, log) == 0


def die_with_us():
    """What a command begins with so that the system ends it when this process is killed."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


def alone(path, who):
    """Keeps others that would write below the same folder out, until this process ends; gives what must be kept for that."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    lock = open(path, "w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        die("%s: another run is at work in %s" % (who, os.path.relpath(os.path.dirname(path), ROOT)))
    return lock


def tail(path, lines=40):
    with open(path, encoding="utf-8", errors="replace") as f:
        return "".join(f.readlines()[-lines:])


def table(head, rows):
    """Lines of a table; cells that look like numbers are set to the right."""
    rows = [[str(c) for c in row] for row in rows]
    widths = [max(len(r[i]) for r in [head] + rows) for i in range(len(head))]

    def line(row):
        cells = []
        for cell, width in zip(row, widths):
            numeric = re.fullmatch(r"[-+]?[0-9][0-9.,' ]*[a-z%/]*|-", cell)
            cells.append(cell.rjust(width) if numeric else cell.ljust(width))
        return "  ".join(cells).rstrip()

    return [line(head), "  ".join("-" * w for w in widths)] + [line(r) for r in rows]


def check_writable(path):
    """Stops now, not after hours of work, where a file given for the results could not be written."""
    try:
        with open(path, "a", encoding="utf-8"):
            pass
    except OSError as error:
        die("%s: cannot be written: %s" % (path, error.strerror), USAGE)


def write_text(path, text):
    """Whole or not at all; into a pipe or a device as it is."""
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return
    try:
        with open(path + ".part", "w", encoding="utf-8") as f:
            f.write(text)
    except OSError as error:  # which names no file where the disk is full
        raise OSError(error.errno, error.strerror, path) from None
    os.replace(path + ".part", path)


def write_json(path, data):
    write_text(path, json.dumps(data, indent=2, sort_keys=True) + "\n")


def read_json(path):
    """What write_json wrote there: a table, {} when there is none. A damaged one is said, and left for people to look at."""
    try:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
    except FileNotFoundError:
        return {}
    except ValueError as error:
        die("%s: is damaged: %s; move it away to start anew" % (path, error))
    return data


def only_parse():
    """Whether the command is run just to see if its arguments are right, before anything is installed."""
    return "CAUTH_ONLY_PARSE" in os.environ


def children(pid):
    """The processes that a process started, those that they started, and so on."""
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as f:
            for child in map(int, f.read().split()):
                found.append(child)
                try:
                    found += children(child)
                except OSError:
                    pass  # it has ended
    return found


class Terminated:
    """SIGTERM is Ctrl-C: a terminal tells all processes of the group, but who sends SIGTERM may tell this one alone. Those that
    were given groups of their own are looked after by who started them. `timeout` sends it twice, which counts once."""

    AGAIN = 1  # seconds

    def __init__(self):
        self.last = None
        signal.signal(signal.SIGTERM, self)
        atexit.register(signal.signal, signal.SIGTERM, signal.SIG_IGN)  # Python itself would put back what kills

    def __call__(self, number, frame):
        now = time.monotonic()
        if self.last is not None and now - self.last < self.AGAIN:
            return
        self.last = now
        try:
            for child in children(os.getpid()):
                try:
                    if os.getpgid(child) == os.getpgrp():
                        os.kill(child, number)
                except OSError:
                    pass  # it has ended, or is somebody else's
        except OSError:
            pass  # a kernel that does not tell
        handler = signal.getsignal(signal.SIGINT)
        (handler if callable(handler) else signal.default_int_handler)(signal.SIGINT, frame)


def run(name, main):
    """Runs a command's main; what the system refuses becomes one line."""
    Terminated()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        die("\n%s: stopped" % name, STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(COULD_NOT_RUN)
    except OSError as error:
        die("%s: %s: %s" % (name, error.filename or "system", error.strerror or error))


def plural(count, noun):
    return "%d %s%s" % (count, noun, "" if count == 1 else "s")


def seconds(since):
    return "%.1f s" % (time.monotonic() - since)

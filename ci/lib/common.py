"""What the commands under ci/ share: where things are, how a preset is built, how tables are printed."""

import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")

CLEAN, FINDING, USAGE, COULD_NOT_RUN = 0, 1, 2, 3


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


def write_json(path, data):
    try:
        with open(path + ".part", "w", encoding="utf-8") as f:
            json.dump(data, f, indent=2, sort_keys=True)
            f.write("\n")
        os.replace(path + ".part", path)
    except OSError as error:
        die("%s: cannot be written: %s" % (path, error.strerror))


def seconds(since):
    return "%.1f s" % (time.monotonic() - since)

"""What the commands beside this file have in common: their exit statuses, and how they end when something is amiss."""

import os
import subprocess
import sys

CLEAN, FINDING, USAGE, COULD_NOT_RUN, STOPPED = 0, 1, 2, 3, 130
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Stop(Exception):
    """The command cannot go on; the text says why."""


def shown(path):
    """A path as it is printed: from the root of the repository where it lies inside."""
    inside = os.path.relpath(os.path.abspath(path), ROOT)
    return path if inside.split(os.sep)[0] == os.pardir else inside


def reason(error):
    """PATH: what is wrong with it."""
    if isinstance(error, OSError):
        text = error.strerror or str(error)
        return f"{shown(os.fsdecode(error.filename))}: {text}" if error.filename is not None else text
    if isinstance(error, subprocess.CalledProcessError):
        return f"{error.cmd[0]}: ended with status {error.returncode}: {(error.stderr or '').strip()}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{error.cmd[0]}: did not end within {error.timeout:.0f} s"
    return str(error)


def run(program, main):
    """Runs main() and ends the process with what it returns; what stops it is said in one line, with status 3."""
    try:
        try:
            status = main()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = COULD_NOT_RUN
    except (Stop, OSError, subprocess.SubprocessError) as error:
        print(f"{program}: {reason(error)}", file=sys.stderr)
        status = COULD_NOT_RUN
    except KeyboardInterrupt:
        print(f"{program}: stopped", file=sys.stderr)
        status = STOPPED
    sys.exit(status)

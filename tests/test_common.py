"""What the commands under ci/ share: that SIGTERM ends one, with all that it started, as Ctrl-C does; who may work where."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ci", "lib")
sys.path.insert(0, LIB)
import common  # noqa: E402

# Starts a shell as commands start compilers, in which one process waits for another, and says who is there; `Held` is a child
# with a group of its own, which is the command's to end.
COMMAND = """
import os, signal, subprocess, sys
sys.path.insert(0, %r)
import common
class Held:
    process = None
class Last:
    def __del__(self, kill=os.kill, me=os.getpid(), number=signal.SIGTERM):  # when Python is all but gone
        kill(me, number)
def main():
    if sys.argv[1] == "held":
        Held.process = subprocess.Popen(["sleep", "600"], start_new_session=True)
        print("held", Held.process.pid, flush=True)
    if sys.argv[1] == "handler":
        def stop(number, frame):
            print("stopping", number == signal.SIGINT, flush=True)
            raise KeyboardInterrupt
        signal.signal(signal.SIGINT, stop)
    try:
        common.run_logged(["sh", "-c", "sleep 600 & echo $! $$ >&%%d; wait" %% OUT], os.devnull)
    except KeyboardInterrupt:
        print("results", flush=True)
        if Held.process is not None:
            print("alive", Held.process.poll() is None, flush=True)
            Held.process.kill()
            Held.process.wait()
        if sys.argv[1] == "twice":
            Held.last = Last()
            os.kill(os.getpid(), signal.SIGTERM)
            print("once", flush=True)
        raise
OUT = 9
os.dup2(1, OUT)
subprocess_run = subprocess.run
subprocess.run = lambda *a, **k: subprocess_run(*a, **k, pass_fds=[OUT])
common.run("a command", main)
""" % LIB


def is_gone(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as f:
            return f.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def wait_for(pids):
    """Those that are still there after twenty seconds."""
    until = time.monotonic() + 20
    while not all(map(is_gone, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return [pid for pid in pids if not is_gone(pid)]


class Stops(unittest.TestCase):
    def stopped(self, how, number=signal.SIGTERM, **more):
        """(status, what it printed); what it started in its own group must be gone with it."""
        process = subprocess.Popen([sys.executable, "-B", "-c", COMMAND, how], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, start_new_session=True, **more)
        said = []
        while not said or not said[-1][0].isdigit():
            said.append(process.stdout.readline())
        children = [int(pid) for pid in said[-1].split()]
        self.assertFalse(any(map(is_gone, children)))
        process.send_signal(number)
        process.wait()
        left = wait_for(children)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, [])
        return process.returncode, "".join(said[:-1]) + process.communicate()[0]

    def test_all_that_was_started_ends(self):
        status, said = self.stopped("plain")
        self.assertEqual((status, said), (common.STOPPED, "results\n\na command: stopped\n"))

    def test_where_interrupts_are_ignored(self):
        """As those of a shell's background jobs are."""
        status, said = self.stopped("plain", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.assertEqual((status, said), (common.STOPPED, "results\n\na command: stopped\n"))

    def test_what_a_command_does_at_ctrl_c(self):
        status, said = self.stopped("handler")
        self.assertEqual((status, said), (common.STOPPED, "stopping True\nresults\n\na command: stopped\n"))

    def test_groups_of_their_own_are_the_commands(self):
        status, said = self.stopped("held")
        self.assertEqual(status, common.STOPPED)
        self.assertRegex(said, "^held \\d+\nresults\nalive True\n\na command: stopped\n$")

    def test_twice_is_once(self):
        status, said = self.stopped("twice")
        self.assertEqual((status, said), (common.STOPPED, "results\nonce\n\na command: stopped\n"))

    def test_every_command(self):
        """There is no other way to run one."""
        for name in sorted(os.listdir(LIB)):
            with open(os.path.join(LIB, name), encoding="utf-8") as f:
                text = f.read()
            if name.endswith(".py") and not name.endswith("_test.py") and "__main__" in text:
                self.assertRegex(text, r'if __name__ == "__main__":\n    run\("ci/[a-z/-]+", main\)\n$', name)
                self.assertFalse("signal.SIGTERM" in text, name)


class Alone(unittest.TestCase):
    def test_one_at_a_time(self):
        with tempfile.TemporaryDirectory() as place:
            path = os.path.join(place, "work", "lock")
            program = ("import sys; sys.path.insert(0, %r); import common; _lock = common.alone(%r, 'ci/it'); print('alone')"
                       % (LIB, path))

            def another():
                done = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False)
                return done.returncode, done.stdout + done.stderr
            self.assertEqual(another(), (0, "alone\n"))
            with common.alone(path, "ci/it"):
                status, said = another()
                self.assertEqual(status, common.COULD_NOT_RUN)
                self.assertRegex(said, "^ci/it: another run is at work in .*/work\n$")
            self.assertEqual(another(), (0, "alone\n"))


if __name__ == "__main__":
    unittest.main()

"""What runs a fuzz target: where targets and their files are, and one libFuzzer process with its status."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time

from common import BUILD, ROOT, messages, rows_of, tail
from findings import RAW, output_of, sanitizer_environment

PRESET = "libfuzzer"
FUZZ = os.path.join(BUILD, "fuzz")
CORPUS = os.path.join(ROOT, "corpus")


def targets():
    """Target name -> the corpus folder that seeds it. Names are a promise to users: docs/fuzzing.md."""
    found = {"fuzz_" + name: name for name in messages()}
    for oracle, name, *_ in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED"):
        found["diff_%s_%s" % (oracle, name)] = name
    return found


def binary(target):
    return os.path.join(BUILD, PRESET, "fuzz", target)


def reducer(target):
    """What makes a finding of the target smaller: it knows the grammar of its message."""
    tool = binary("cauth-reduce")
    return [tool, targets()[target]] if target in targets() and os.path.isfile(tool) else None


def relative(path):
    return os.path.relpath(path, ROOT)


def die_with_us():
    """What a command begins with so that the system ends it when this process is killed."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


class Run:
    """One target being fuzzed."""

    STATUS = re.compile(r"^#(\d+)(?:\s+\S+|:)\s+(.*)$")
    # Goes on after a finding, in processes of their own: slower, but nothing else gets past one that is soon met again.
    GOES_ON = ["-fork=1", "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1"]
    MOST = 20  # inputs looked at after a turn that went on

    def __init__(self, target, seeds, seconds, seed, extra=(), goes_on=False):
        self.target, self.seconds, self.goes_on = target, seconds, goes_on
        self.corpus = os.path.join(FUZZ, "corpus", target)
        self.findings = os.path.join(FUZZ, "findings", target)
        self.log = os.path.join(FUZZ, "logs", target + ".log")
        for place in (self.corpus, self.findings, os.path.dirname(self.log)):
            os.makedirs(place, exist_ok=True)
        self.known = set(os.listdir(self.findings))
        self.inputs_before = len(os.listdir(self.corpus))
        self.executions = self.edges = self.features = self.rate = self.new = self.inputs = 0
        self.bytes = "0b"
        self.pending = b""
        self.stopped = False
        args = [*die_with_us(), binary(target), self.corpus]
        if os.path.isdir(os.path.join(CORPUS, seeds)):
            args.append(os.path.join(CORPUS, seeds))
        dictionary = os.path.join(BUILD, PRESET, "fuzz", target + ".dict")
        if os.path.isfile(dictionary):
            args.append("-dict=" + dictionary)
        args += ["-max_total_time=%d" % seconds, "-seed=%d" % seed, "-artifact_prefix=%s/" % self.findings,
                 "-print_final_stats=1", "-timeout=25", "-rss_limit_mb=2560", "-reload=0", *extra]
        temporary = os.path.join(FUZZ, "tmp", target)
        shutil.rmtree(temporary, ignore_errors=True)  # what a killed run has left
        os.makedirs(temporary)
        env = dict(sanitizer_environment(), TMPDIR=temporary)
        if goes_on:
            args += self.GOES_ON
            env["ASAN_OPTIONS"] += ":symbolize=0"  # which takes longer than all else, and nobody reads
        self.began = time.monotonic()
        self.out = open(self.log, "wb")
        self.out.write(("$ " + shlex.join(args) + "\n").encode())
        self.process = subprocess.Popen(args, cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                                        stdout=self.out, stderr=subprocess.PIPE, start_new_session=True)
        os.set_blocking(self.process.stderr.fileno(), False)

    def read(self):
        """Takes what the fuzzer has printed; returns False at its end."""
        data = self.process.stderr.read()
        if data is None:
            return True
        if not data:
            return False
        self.out.write(data)
        *lines, self.pending = (self.pending + data).split(b"\n")
        for line in lines:
            self.take(line.decode(errors="replace"))
        return True

    def take(self, line):
        status = self.STATUS.match(line)
        if status:
            self.executions = int(status.group(1))
            for key, value in re.findall(r"(cov|ft|corp|exec/s):? (\S+)", status.group(2)):
                if key == "cov":
                    self.edges = int(value)
                elif key == "ft":
                    self.features = int(value)
                elif key == "exec/s":
                    self.rate = int(value)
                else:
                    self.inputs = int(value.split("/")[0])
                    self.bytes = value.split("/")[-1]
        stat = re.match(r"stat::(\w+):\s+(\d+)", line)
        if stat:
            value = int(stat.group(2))
            if stat.group(1) == "number_of_executed_units":
                self.executions = value
            elif stat.group(1) == "average_exec_per_sec":
                self.rate = value

    def left(self):
        return max(0, self.seconds - (time.monotonic() - self.began))

    def status(self):
        return "%-34s %9d exec/s  cov %5d  corpus %5d/%s  %3.0f s left" % (
            self.target, self.rate, self.edges, self.inputs, self.bytes, self.left())

    def is_overdue(self):
        """Whether it takes far longer than it was given, as when all of a large corpus fails."""
        return time.monotonic() - self.began > self.seconds + max(30, self.seconds)

    def interrupt(self):
        self.stopped = True
        self.signal(signal.SIGINT)

    def signal(self, number):
        """To it and to the processes that it started."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def finish(self):
        """Waits for its end. Returns (input, what was printed) of what failed; the input is None where none was left."""
        self.process.wait()
        self.signal(signal.SIGKILL)
        while self.read() and self.process.stderr.read(0) is not None:
            break
        self.out.close()
        self.new = max(0, len(os.listdir(self.corpus)) - self.inputs_before)
        self.rate = self.rate or int(self.executions / max(0.001, time.monotonic() - self.began))
        said = tail(self.log, 400)
        found = [(os.path.join(self.findings, name), said) for name in sorted(os.listdir(self.findings))
                 if name not in self.known and RAW.fullmatch(name)]
        if self.goes_on:  # whose words are whose is not said: each is asked again
            for path, _ in found[self.MOST:]:
                os.remove(path)
            found = [(path, output_of(binary(self.target), path)) for path, _ in found[:self.MOST]]
            for path in [path for path, text in found if text is None]:
                os.remove(path)
            return [(path, text) for path, text in found if text is not None]
        if not found and self.process.returncode != 0 and not self.stopped:
            found.append((None, said))
        return found

"""What runs a fuzz target: where targets and their files are, and one libFuzzer process with its status."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time

from common import BUILD, ROOT, messages, rows_of, tail
from findings import RAW, sanitizer_environment

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

    STATUS = re.compile(r"^#(\d+)\s+\S+\s+(.*)$")

    def __init__(self, target, seeds, seconds, seed, extra=()):
        self.target, self.seconds = target, seconds
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
        self.began = time.monotonic()
        self.out = open(self.log, "wb")
        self.out.write(("$ " + shlex.join(args) + "\n").encode())
        self.process = subprocess.Popen(args, cwd=ROOT, env=sanitizer_environment(), stdin=subprocess.DEVNULL,
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
            for key, value in re.findall(r"(cov|ft|corp|exec/s): (\S+)", status.group(2)):
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

    def interrupt(self):
        self.stopped = True
        self.process.send_signal(signal.SIGINT)

    def finish(self):
        """Waits for its end. Returns (input, what was printed) of what failed; the input is None where none was left."""
        self.process.wait()
        while self.read() and self.process.stderr.read(0) is not None:
            break
        self.out.close()
        self.new = max(0, len(os.listdir(self.corpus)) - self.inputs_before)
        self.rate = self.rate or int(self.executions / max(0.001, time.monotonic() - self.began))
        said = tail(self.log, 400)
        found = [(os.path.join(self.findings, name), said) for name in sorted(os.listdir(self.findings))
                 if name not in self.known and RAW.fullmatch(name)]
        if not found and self.process.returncode != 0 and not self.stopped:
            found.append((None, said))
        return found

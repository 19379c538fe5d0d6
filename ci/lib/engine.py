"""What runs a fuzz target: where targets and their files are, and one process of a fuzzer with its status."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time

from common import BUILD, ROOT, die_with_us, messages, rows_of, tail
from findings import RAW, output_of, sanitizer_environment, signature

PRESET = "libfuzzer"
FUZZ = os.path.join(BUILD, "fuzz")
CORPUS = os.path.join(ROOT, "corpus")


def targets():
    """Target name -> the corpus folder that seeds it. Names are a promise to users: docs/fuzzing.md."""
    found = {"fuzz_" + name: name for name in messages()}
    for oracle, name, *_ in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED"):
        found["diff_%s_%s" % (oracle, name)] = name
    found.update({target: name for target, (name, _) in optional_targets().items() if os.path.isfile(binary(target))})
    return found


def optional_targets():
    """Those that are built only where the library has a feature: target name -> its folder, and the feature."""
    return {"diff_%s_%s" % (oracle, name): (name, feature)
            for oracle, name, feature in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED_WHERE")}


def binary(target, preset=PRESET):
    return os.path.join(BUILD, preset, "fuzz", target)


# A job is a target under an engine: under libFuzzer it has the name of its target, under AFL++ one with AFL behind it.
ENGINES = {"libfuzzer": [""], "afl": ["@afl"], "both": ["", "@afl"]}


def jobs_of(names, engine):
    return [name + suffix for name in names for suffix in ENGINES[engine]]


def target_of(job):
    return job.partition("@")[0]


def begin(job, *args, **options):
    """Starts a job; the arguments are those of Run."""
    from afl import Afl  # which is made from what is here
    return (Afl if job.endswith("@afl") else Run)(job, *args, **options)


def reducer(target):
    """What makes a finding of the target smaller: it knows the grammar of its message."""
    tool = binary("cauth-reduce")
    return [tool, targets()[target]] if target in targets() and os.path.isfile(tool) else None


def relative(path):
    return os.path.relpath(path, ROOT)


class Run:
    """One target being fuzzed: by libFuzzer here, by other engines in what is made from this."""

    engine = "libfuzzer"
    STATUS = re.compile(r"^#(\d+)(?:\s+\S+|:)\s+(.*)$")
    # Goes on after a finding, in processes of their own: slower, but nothing else gets past one that is soon met again.
    GOES_ON = ["-fork=1", "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1"]
    # One turn in four makes inputs that are large enough for the edges of lengths from 2^14 to 2^17, and take longer.
    LARGE_TURNS, LARGE = 4, ["-max_len=%d" % (1 << 20), "-timeout=100"]
    MOST = 20  # inputs looked at after a turn that went on

    def __init__(self, job, seeds, seconds, seed, extra=(), goes_on=False):
        self.job, self.target, self.seeds, self.seconds, self.goes_on = job, target_of(job), seeds, seconds, goes_on
        target = self.target
        self.corpus = os.path.join(FUZZ, "corpus", target)
        self.findings = os.path.join(FUZZ, "findings", target)
        self.log = os.path.join(FUZZ, "logs", job + ".log")
        for place in (self.corpus, self.findings, os.path.dirname(self.log)):
            os.makedirs(place, exist_ok=True)
        self.known = set(os.listdir(self.findings))
        self.inputs_before = len(os.listdir(self.corpus))
        self.executions = self.edges = self.features = self.rate = self.new = self.inputs = 0
        self.loading = 0.0  # seconds until the corpus was read, where the engine says so
        self.bytes = "0b"
        self.pending = b""
        self.stopped = False
        args, env = self.command(seed, extra)
        self.began = time.monotonic()
        self.out = open(self.log, "wb")
        self.out.write(("$ " + shlex.join(args) + "\n").encode())
        self.process, self.pipe = self.launch(args, env)
        os.set_blocking(self.pipe.fileno(), False)

    def command(self, seed, extra):
        """What is run, and its environment."""
        args = [*die_with_us(), binary(self.target), self.corpus]
        if os.path.isdir(os.path.join(CORPUS, self.seeds)):
            args.append(os.path.join(CORPUS, self.seeds))
        dictionary = os.path.join(BUILD, PRESET, "fuzz", self.target + ".dict")
        if os.path.isfile(dictionary):
            args.append("-dict=" + dictionary)
        args += ["-max_total_time=%d" % self.seconds, "-seed=%d" % seed, "-artifact_prefix=%s/" % self.findings,
                 "-print_final_stats=1", "-timeout=25", "-rss_limit_mb=2560", "-reload=0"]
        if seed % self.LARGE_TURNS == 0:
            args += self.LARGE
        args += extra
        temporary = os.path.join(FUZZ, "tmp", self.target)
        shutil.rmtree(temporary, ignore_errors=True)  # what a killed run has left
        os.makedirs(temporary)
        env = dict(sanitizer_environment(), TMPDIR=temporary)
        if self.goes_on:
            args += self.GOES_ON
            env["ASAN_OPTIONS"] += ":symbolize=0"  # which takes longer than all else, and nobody reads
        return args, env

    def launch(self, args, env):
        """The process, and the end of the pipe that its words come from."""
        process = subprocess.Popen(args, cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                                   stdout=self.out, stderr=subprocess.PIPE, start_new_session=True)
        return process, process.stderr

    def read(self):
        """Takes what the fuzzer has printed; returns False at its end."""
        data = self.pipe.read()
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
            if "\tINITED" in line:
                self.loading = time.monotonic() - self.began
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

    def look(self):
        """Brings the figures up to date, where they do not come through the pipe."""

    def left(self):
        return max(0, self.seconds - (time.monotonic() - self.began))

    def status(self):
        return "%-34s %9d exec/s  cov %5d  corpus %5d/%s  %3.0f s left" % (
            self.job, self.rate, self.edges, self.inputs, self.bytes, self.left())

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
        """Waits for its end. Returns (input, what was printed, the preset it fails in when it is not the usual one) of what
        failed; the input is None where none was left."""
        self.process.wait()
        self.signal(signal.SIGKILL)
        while self.read() and self.pipe.read(0) is not None:
            break
        self.out.close()
        self.collect()
        self.new = max(0, len(os.listdir(self.corpus)) - self.inputs_before)
        self.rate = self.rate or int(self.executions / max(0.001, time.monotonic() - self.began))
        said = tail(self.log, 400)
        artifacts = [os.path.join(self.findings, name) for name in sorted(os.listdir(self.findings))
                     if name not in self.known and RAW.fullmatch(name)]
        if not artifacts and self.process.returncode != 0 and not self.stopped:
            return [(None, said, None)]
        return self.judge(artifacts, said)

    def row_without_input(self, text):
        """What is said where it ended and left no input."""
        said = "exit status %d: %s" % (self.process.returncode, signature(text))
        return {"target": self.target, "job": self.job, "signature": said, "file": os.path.relpath(self.log, FUZZ),
                "reduced": None, "times": 1, "no_input": True}

    def collect(self):
        """Brings what it has found to where it belongs, where the engine has not put it there."""

    def judge(self, artifacts, said):
        if not self.goes_on:
            return [(path, said, None) for path in artifacts]
        for path in artifacts[self.MOST:]:
            os.remove(path)
        # Whose words are whose is not said: each is asked again.
        found = [(path, output_of(binary(self.target), path), None) for path in artifacts[:self.MOST]]
        for path in [path for path, text, _ in found if text is None]:
            os.remove(path)
        return [row for row in found if row[1] is not None]

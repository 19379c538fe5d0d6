"""ci/fuzz: the main job. Replays the corpus through parsers and oracles, then fuzzes every target."""

import argparse
import collections
import hashlib
import json
import os
import random
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import time

from common import BUILD, CLEAN, FINDING, ROOT, STOPPED, USAGE, build, check_writable, cores, die
from common import messages, only_parse, plural, rows_of, run, run_logged, say, table, tail, write_json

HELP = """Replays the corpus through the parsers, the properties and the oracles, then fuzzes each target for a while
under libFuzzer with AddressSanitizer and UBSan, a few at a time. What is found stays under build/fuzz: new inputs in
corpus/<target>, where the next run starts from, and failing inputs in findings/<target>, which every run tries again
first. Ctrl-C stops cleanly: nothing found so far is lost, and --resume takes up the targets that were left."""

EPILOG = """exit status: 0 clean, 1 a finding, 2 usage, 3 could not run, 130 stopped with Ctrl-C without a finding"""

PRESET = "libfuzzer"
FUZZ = os.path.join(BUILD, "fuzz")
STATE = os.path.join(FUZZ, "state.json")
CORPUS = os.path.join(ROOT, "corpus")
ARTIFACTS = ("crash-", "timeout-", "oom-", "leak-", "slow-unit-")
SLOW = "slow-unit-"


def targets():
    """Target name -> the corpus folder that seeds it. Names are a promise to users: docs/fuzzing.md."""
    found = {"fuzz_" + name: name for name in messages()}
    for oracle, name, *_ in rows_of("fuzz/oracles/oracles.def", "CAUTH_COMPARED"):
        found["diff_%s_%s" % (oracle, name)] = name
    return found


def binary(target):
    return os.path.join(BUILD, PRESET, "fuzz", target)


def relative(path):
    return os.path.relpath(path, ROOT)


def fuzz_environment():
    env = dict(os.environ)
    # A small quarantine, and no filling of fresh memory: a third of the time of a differential target is allocation.
    env["ASAN_OPTIONS"] = ("quarantine_size_mb=16:thread_local_quarantine_size_kb=64:max_malloc_fill_size=0:"
                           + env.get("ASAN_OPTIONS", ""))
    env["UBSAN_OPTIONS"] = "print_stacktrace=1:" + env.get("UBSAN_OPTIONS", "")
    return env


def signature(text):
    """One line that names a failure: ours if the target printed one, else the sanitizer's summary."""
    for pattern in (r"^cauth: (?:finding|broken)[: ].*$", r"^SUMMARY: .*$", r"^.*ERROR: libFuzzer: .*$"):
        found = re.search(pattern, text, re.M)
        if found:
            return found.group(0).strip()
    return "no signature; see the log"


class Run:
    """One target being fuzzed."""

    STATUS = re.compile(r"^#(\d+)\s+\S+\s+(.*)$")

    def __init__(self, target, seeds, seconds, seed, extra):
        self.target, self.seconds = target, seconds
        self.corpus = os.path.join(FUZZ, "corpus", target)
        self.findings = os.path.join(FUZZ, "findings", target)
        self.log = os.path.join(FUZZ, "logs", target + ".log")
        for place in (self.corpus, self.findings, os.path.dirname(self.log)):
            os.makedirs(place, exist_ok=True)
        self.known = set(self.artifacts())
        self.inputs_before = len(os.listdir(self.corpus))
        self.executions = self.edges = self.rate = self.new = self.inputs = 0
        self.bytes = "0b"
        self.pending = b""
        self.stopped = False
        args = [binary(target), self.corpus]
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
        self.process = subprocess.Popen(args, cwd=ROOT, env=fuzz_environment(), stdin=subprocess.DEVNULL,
                                        stdout=self.out, stderr=subprocess.PIPE, start_new_session=True)
        os.set_blocking(self.process.stderr.fileno(), False)

    def artifacts(self):
        return [f for f in sorted(os.listdir(self.findings)) if f.startswith(ARTIFACTS) and not f.startswith(SLOW)]

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
            for key, value in re.findall(r"(cov|corp|exec/s): (\S+)", status.group(2)):
                if key == "cov":
                    self.edges = int(value)
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
        self.process.wait()
        while self.read() and self.process.stderr.read(0) is not None:
            break
        self.out.close()
        self.new = max(0, len(os.listdir(self.corpus)) - self.inputs_before)
        self.rate = self.rate or int(self.executions / max(0.001, time.monotonic() - self.began))
        found = []
        for name in self.artifacts():
            if name not in self.known:
                found.append((os.path.join(self.findings, name), signature(tail(self.log, 400))))
        if not found and self.process.returncode != 0 and not self.stopped:
            found.append((self.log, "exit status %d; %s" % (self.process.returncode, signature(tail(self.log, 400)))))
        return found


class Screen:
    """Live status: one line per running target, redrawn on a terminal, printed now and then elsewhere."""

    def __init__(self):
        self.live = sys.stdout.isatty()
        self.drawn = 0
        self.last = 0.0 if self.live else time.monotonic()

    def show(self, runs, done, total):
        now = time.monotonic()
        if now - self.last < (0.5 if self.live else 10):
            return
        self.last = now
        width = shutil.get_terminal_size().columns - 1
        self.clear()
        lines = [r.status() for r in runs] + ["%d of %d targets done" % (done, total)] * self.live
        for line in lines:
            print(line[:width] if self.live else line)
        self.drawn = len(lines) if self.live else 0
        sys.stdout.flush()

    def clear(self):
        if self.drawn:
            sys.stdout.write("\x1b[%dF\x1b[J" % self.drawn)
            self.drawn = 0


def replay(log):
    """The corpus through cauth-replay, its manifest, and cauth-diff. Returns a finding or None."""
    manifest = os.path.join(CORPUS, "MANIFEST.tsv")
    for tool, what, *options in (("cauth-replay", "properties", CORPUS), ("cauth-replay", "verdicts", "--manifest", manifest),
                                 ("cauth-diff", "divergences", "--quiet", CORPUS)):
        args = [binary(tool), *options]
        say("ci/fuzz: replaying the corpus: %s" % what)
        status = run_logged(args, log, env=fuzz_environment())
        if status != 0:
            print(tail(log, 30), end="")
            return ("corpus replay: " + what, relative(log), "%s ended with status %d" % (tool, status),
                    shlex.join([relative(args[0]), *(relative(a) if os.path.isabs(a) else a for a in args[1:])]))
    return None


def retry_findings(names):
    """Tries earlier findings again: those that still fail stay findings, the others move to build/fuzz/fixed."""
    still = []
    for target in names:
        place = os.path.join(FUZZ, "findings", target)
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            if not name.startswith(ARTIFACTS) or name.startswith(SLOW):
                continue
            path = os.path.join(place, name)
            done = subprocess.run([binary(target), "-timeout=25", path], capture_output=True, env=fuzz_environment(),
                                  stdin=subprocess.DEVNULL, cwd=ROOT)
            if done.returncode != 0:
                still.append((target, path, signature(done.stderr.decode(errors="replace"))))
            else:
                fixed = os.path.join(FUZZ, "fixed", target)
                os.makedirs(fixed, exist_ok=True)
                os.replace(path, os.path.join(fixed, name))
                say("ci/fuzz: %s no longer fails; moved to %s" % (relative(path), relative(fixed)))
    return still


def fuzz(names, seeds_of, args):
    """Runs the targets, args.jobs at a time. Returns their rows, the findings, and the targets that were left."""
    waiting = collections.deque(names)
    running, rows, findings = [], {}, []
    selector = selectors.DefaultSelector()
    screen = Screen()
    stopped = False

    def start():
        name = waiting.popleft()
        number = int(hashlib.sha256(("%d %s" % (args.seed, name)).encode()).hexdigest()[:8], 16) % 0x7FFFFFFF + 1
        run = Run(name, seeds_of[name], args.seconds, number, args.libfuzzer)
        selector.register(run.process.stderr, selectors.EVENT_READ, run)
        running.append(run)

    def end(run):
        selector.unregister(run.process.stderr)
        running.remove(run)
        for path, text in run.finish():
            findings.append((run.target, path, text))
        rows[run.target] = run
        screen.clear()
        say("ci/fuzz: %-34s %11d executions  %9d exec/s  %5d edges  %5d new inputs%s" % (
            run.target, run.executions, run.rate, run.edges, run.new,
            "  FINDING" if any(f[0] == run.target for f in findings) else ""))

    while waiting or running:
        try:
            while waiting and len(running) < args.jobs and not stopped:
                start()
            for key, _ in selector.select(timeout=0.5):
                if not key.data.read():
                    end(key.data)
            screen.show(running, len(rows), len(names))
            if stopped and not running:
                break
        except KeyboardInterrupt:
            screen.clear()
            if stopped:
                for run in running:
                    run.process.kill()
                continue
            stopped = True
            say("ci/fuzz: stopping; press Ctrl-C again to kill")
            for run in running:
                run.interrupt()
    unfinished = list(waiting) + [name for name, run in rows.items() if run.stopped]
    return rows, findings, unfinished, stopped


def save_state(left, args):
    os.makedirs(FUZZ, exist_ok=True)
    write_json(STATE, {"left": left, "seconds": args.seconds})


def main():
    parser = argparse.ArgumentParser(prog="ci/fuzz", description=HELP, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="fuzz only these (default: all)")
    parser.add_argument("--list", action="store_true", help="list the targets and stop")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="how long each target runs (default 30)")
    parser.add_argument("--jobs", type=int, default=cores(), metavar="N", help="targets at a time (default: one per core)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31), metavar="N",
                        help="where the fuzzers' random choices start (default: a new one each run, printed)")
    parser.add_argument("--resume", action="store_true", help="fuzz only what the last, stopped run left")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    parser.add_argument("--libfuzzer", action="append", default=[], metavar="FLAG",
                        help="a further flag for libFuzzer, such as --libfuzzer=-max_len=4096; may be repeated")
    args = parser.parse_args()
    seeds_of = targets()
    if args.list:
        print("\n".join(seeds_of))
        return CLEAN
    if args.seconds < 1 or args.jobs < 1 or args.seed < 1:
        die("ci/fuzz: --seconds, --jobs and --seed take positive numbers", USAGE)
    unknown = [name for name in args.targets if name not in seeds_of]
    if unknown:
        die("ci/fuzz: no target '%s'; ci/fuzz --list shows them" % unknown[0], USAGE)
    names = list(dict.fromkeys(args.targets)) or list(seeds_of)
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    if args.resume:
        try:
            with open(STATE, encoding="utf-8") as f:
                left = json.load(f)["left"]
        except (OSError, ValueError, KeyError):
            left = []
        names = [name for name in names if name in left]
        if not names:
            say("ci/fuzz: the last run left nothing to resume")
            return CLEAN

    os.makedirs(os.path.join(FUZZ, "logs"), exist_ok=True)
    log = os.path.join(FUZZ, "logs", "build.log")
    open(log, "wb").close()
    say("ci/fuzz: building the targets into build/%s" % PRESET)
    if not build(PRESET, log):
        print(tail(log, 40), end="")
        die("ci/fuzz: the build failed (all of it: %s)" % relative(log))

    replay_log = os.path.join(FUZZ, "logs", "replay.log")
    open(replay_log, "wb").close()
    failed = replay(replay_log)
    still = retry_findings(names)
    say("ci/fuzz: fuzzing %s for %d s each, %d at a time, --seed %d" % (
        plural(len(names), "target"), args.seconds, args.jobs, args.seed))
    save_state(names, args)
    rows, findings, left, stopped = fuzz(names, seeds_of, args)
    save_state(left, args)
    known = {(target, text) for target, _, text in still}
    findings = [f for f in findings if (f[0], f[2]) not in known]

    counts = collections.Counter(target for target, _, _ in still + findings)
    head = ["target", "executions", "execs/s", "edges", "new inputs", "findings"]
    lines = [[n, r.executions, r.rate, r.edges, r.new, counts[n]] for n, r in sorted(rows.items())]
    say("")
    for line in table(head, lines):
        say(line)
    say("")
    if failed:
        say("finding: %s\n  file       %s\n  signature  %s\n  reproduce  %s" % failed)
    for target, path, text in still + findings:
        say("finding: %s\n  file       %s\n  signature  %s\n  reproduce  %s" % (
            target, relative(path), text, shlex.join([relative(binary(target)), relative(path)])))
    if args.json:
        write_json(args.json, {
            "seed": args.seed, "seconds": args.seconds, "left": left,
            "targets": [dict(zip(("target", "executions", "execs_per_s", "edges", "new_inputs", "findings"), line))
                        for line in lines],
            "findings": [{"target": t, "file": relative(p), "signature": s} for t, p, s in still + findings]})
    if left:
        say("ci/fuzz: %s left; ci/fuzz --resume goes on from here" % plural(len(left), "target"))
    if failed or still or findings:
        say("ci/fuzz: %s" % plural(len(still) + len(findings) + bool(failed), "finding"))
        return FINDING
    say("ci/fuzz: stopped, no finding so far" if stopped else "ci/fuzz: no finding")
    return STOPPED if stopped else CLEAN


if __name__ == "__main__":
    run("ci/fuzz", main)

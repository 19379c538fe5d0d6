"""What it is worth that fuzz targets count answers as coverage: with and without, side by side, for the same time."""

import os
import re
import shutil
import signal
import statistics
import subprocess

from common import BUILD, CLEAN, ROOT, USAGE, build, die, die_with_us, say, table, tail
from engine import CORPUS, PRESET, binary, relative, targets
from findings import sanitizer_environment

TARGETS = ["diff_openssl_certreq_tls13", "diff_openssl_cert_tls12_client", "diff_openssl_cert_tls13_server"]
HOME = os.path.join(BUILD, "bench", "guided")
WAYS = ("off", "on")  # CAUTH_GUIDE
UNEQUAL = 0.05        # of the processor time of the two


def check(names):
    for name in names:
        if name not in targets() or not name.startswith("diff_"):
            die("ci/bench: %s: no target that compares; ci/fuzz --list has them" % name, USAGE)


class Side:
    """One of the two, on a core of its own."""

    def __init__(self, target, way, core, seconds, seed):
        place = os.path.join(HOME, target, way)
        shutil.rmtree(place, ignore_errors=True)
        made = os.path.join(place, "corpus")
        os.makedirs(made)
        self.target, self.log = target, os.path.join(place, "log")
        env = dict(sanitizer_environment(), CAUTH_GUIDE=way, CAUTH_COUNT="on")
        env["ASAN_OPTIONS"] += ":detect_leaks=0"
        args = [*die_with_us(), binary(target), made, os.path.join(CORPUS, targets()[target]), "-seed=%d" % seed,
                "-max_total_time=%d" % seconds, "-print_final_stats=1", "-reload=0", "-artifact_prefix=%s/" % place]
        dictionary = binary(target) + ".dict"
        if os.path.isfile(dictionary):
            args.append("-dict=" + dictionary)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(args, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=lambda: os.sched_setaffinity(0, {core}))

    def end(self):
        """Waits: {"answers", "executions", "cpu"}."""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        with open(self.log, encoding="utf-8", errors="replace") as f:
            said = f.read()
        answers = re.search(r"^cauth: (\d+) answers$", said, re.M)
        executions = re.search(r"stat::number_of_executed_units: (\d+)", said)
        if self.process.returncode != CLEAN or answers is None or executions is None:
            print(tail(self.log, 20), end="")
            die("ci/bench: %s ended with status %d, so that nothing can be compared (all of it: %s)"
                % (self.target, self.process.returncode, relative(self.log)))
        return {"answers": int(answers.group(1)), "executions": int(executions.group(1)),
                "cpu": used.ru_utime + used.ru_stime}

    def kill(self):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)


def pair(target, cores, seconds, seed):
    """Both at once, from the same seeds, with the same random choices; {way: figures}."""
    sides = {}
    try:
        for way, core in zip(WAYS, cores):
            sides[way] = Side(target, way, core, seconds, seed)
        return {way: side.end() for way, side in sides.items()}
    finally:
        for side in sides.values():
            side.kill()


def measure(names, seconds, repetitions, log):
    cores = sorted(os.sched_getaffinity(0))[-2:]
    if len(cores) < 2:
        die("ci/bench: --guided takes two cores")
    say("ci/bench: building into build/%s" % PRESET)
    if not build(PRESET, log, names):
        print(tail(log, 40), end="")
        die("ci/bench: the build failed (all of it: %s)" % relative(log))
    rows, data = [], []
    for target in names:
        runs = []
        for repetition in range(1, repetitions + 1):
            cores.reverse()  # neither always has the better one
            runs.append(pair(target, cores, seconds, repetition))
            off, on = (runs[-1][way] for way in WAYS)
            say("ci/bench: %s, %d of %d: %d answers without, %d with; %.1f s and %.1f s of processor time%s"
                % (target, repetition, repetitions, off["answers"], on["answers"], off["cpu"], on["cpu"],
                   "; not the same: the machine had other work"
                   if abs(off["cpu"] - on["cpu"]) > UNEQUAL * max(off["cpu"], on["cpu"]) else ""))
        middle = {way: {what: statistics.median(run[way][what] for run in runs) for what in runs[0][way]} for way in WAYS}
        rows.append([target, "%d" % seconds, "%d" % repetitions, *("%.0f" % middle[way]["answers"] for way in WAYS),
                     *("%.0f" % middle[way]["executions"] for way in WAYS)])
        data.append({"target": target, "seconds": seconds, "runs": runs, "median": middle})
    say("\ndifferent answers, and executions, in the same time, medians: without counting answers as coverage, and with it")
    for line in table(["target", "seconds", "runs", "without", "with", "executions without", "with"], rows):
        say(line)
    return data

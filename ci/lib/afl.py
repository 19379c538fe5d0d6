"""One run of AFL++ on a target: seeded from the shared corpus, and what it finds is brought back there."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import time

from common import BUILD, ROOT, build, die_with_us, say
from engine import CORPUS, FUZZ, Run, binary, relative
from findings import output_of

PRESET, CMPLOG = "afl-asan", "afl-cmplog"
MUTATOR = os.path.join(BUILD, "dev", "fuzz", "libcauth-mutator.so")
PASSES = "passes-alone-"  # what an input is called that failed under AFL++ and passes by itself


def make(names, log):
    """Builds the targets, the same with comparisons watched, and the mutator. Returns whether there is enough to run."""
    if not build(PRESET, log, names) or not build("dev", log, ["cauth-mutator"]):
        return False
    if not build(CMPLOG, log, names):
        say("ci/fuzz: the targets do not build with CMPLOG, so that AFL++ goes without (%s)" % relative(log))
    return True


def environment(message, mutator):
    """What afl-fuzz and the target are told, with the library that mutates messages, where there is one."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("AFL_")}
    # afl-fuzz takes no ASAN_OPTIONS that do not abort, or that name functions. Leaks are libFuzzer's to find.
    # Who allocated what is asked later; asking at every allocation takes most of the time of a differential target.
    env["ASAN_OPTIONS"] = ("abort_on_error=1:symbolize=0:detect_leaks=0:malloc_context_size=0:quarantine_size_mb=16:"
                           "thread_local_quarantine_size_kb=64:max_malloc_fill_size=0")
    env["UBSAN_OPTIONS"] = "abort_on_error=1:symbolize=0:halt_on_error=1"
    # No terminal, no rights over the system's settings, and no processor of its own: others run beside it.
    env.update(AFL_NO_UI="1", AFL_NO_AFFINITY="1", AFL_SKIP_CPUFREQ="1", AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1",
               AFL_FAST_CAL="1")
    if mutator:
        env.update(AFL_CUSTOM_MUTATOR_LIBRARY=mutator, CAUTH_MESSAGE=message)
    return env


def command(target, home, seconds, seed, cmplog=None):
    """afl-fuzz on a target, from home/in to home/out, with its dictionary, and with comparisons watched where that was
    built."""
    args = ["afl-fuzz", "-i", os.path.join(home, "in"), "-o", os.path.join(home, "out"), "-V", str(seconds), "-s", str(seed),
            "-m", "none", "-t", "5000"]
    if os.path.isfile(target + ".dict"):
        args += ["-x", target + ".dict"]
    if cmplog:
        args += ["-c", cmplog]
    return [*args, "--", target]


def end_leftovers(home):
    """afl-fuzz leaves processes of the target behind, stopped, in sessions of their own; the environment tells them."""
    mark = ("CAUTH_AFL=" + home).encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as f:
                if mark in f.read().split(b"\0"):
                    os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass  # it has ended, or is somebody else's


class Afl(Run):
    """One target under afl-fuzz. Its own folder, afl/<target>, is made anew each time, after what a killed run has left
    there was brought home."""

    engine = "afl"
    looked = 0.0
    SKIPPED = re.compile(r"Test case '([^']*)' results in a (crash|timeout)")

    def command(self, seed, extra):
        self.home = os.path.join(FUZZ, "afl", self.target)
        self.out_of = os.path.join(self.home, "out", "default")
        end_leftovers(self.home)
        self.bring_home()
        self.inputs_before = len(os.listdir(self.corpus))
        shutil.rmtree(self.home, ignore_errors=True)
        self.give_seeds()
        cmplog = binary(self.target, CMPLOG)
        args = command(binary(self.target, PRESET), self.home, self.seconds, seed, cmplog if os.path.isfile(cmplog) else None)
        return [*die_with_us(), *args], dict(environment(self.seeds, MUTATOR if os.path.isfile(MUTATOR) else None),
                                             CAUTH_AFL=self.home)

    def launch(self, args, env):
        process = subprocess.Popen(args, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        return process, process.stdout

    def give_seeds(self):
        """The shared corpus and the seeds of the message in one folder, which afl-fuzz wants. It takes no empty one and
        follows no links; copies, for it works on its files."""
        place = os.path.join(self.home, "in")
        os.makedirs(place)
        for source in (self.corpus, os.path.join(CORPUS, self.seeds)):
            for entry in os.scandir(source) if os.path.isdir(source) else ():
                if entry.is_file():
                    shutil.copyfile(entry.path, os.path.join(place, entry.name))
        if not os.listdir(place):
            with open(os.path.join(place, "octet"), "wb") as f:
                f.write(b"\0")

    def entries(self, kind):
        """Files that afl-fuzz has made of that kind, without those it was given."""
        place = os.path.join(self.out_of, kind)
        names = sorted(os.listdir(place)) if os.path.isdir(place) else []
        return [os.path.join(place, n) for n in names if n.startswith("id:") and ",orig:" not in n]

    def bring_home(self):
        """New entries of the queue into the shared corpus, inputs that failed among the findings, both under the digest of
        their content, as libFuzzer names them. What is there already stays as it is."""
        for kind, folder, prefix in (("queue", self.corpus, ""), ("crashes", self.findings, "crash-"),
                                     ("hangs", self.findings, "timeout-")):
            for path in self.entries(kind)[:None if kind == "queue" else self.MOST]:
                self.keep(path, folder, prefix)

    @staticmethod
    def keep(path, folder, prefix):
        with open(path, "rb") as f:
            content = f.read()
        kept = os.path.join(folder, prefix + hashlib.sha1(content).hexdigest())
        if content and not os.path.exists(kept):
            with open(kept + ".part", "wb") as f:
                f.write(content)
            os.replace(kept + ".part", kept)

    def take(self, line):
        """afl-fuzz passes over seeds that fail; for us they are findings."""
        skipped = self.SKIPPED.search(line)
        if skipped:
            seed = os.path.join(self.home, "in", skipped.group(1).rpartition("orig:")[2])
            if os.path.isfile(seed):
                self.keep(seed, self.findings, skipped.group(2) + "-")

    def look(self):
        """The figures so far. afl-fuzz writes none down in its first minute, but the name of each entry of its queue tells
        how many executions came before it."""
        now = time.monotonic()
        queue = os.path.join(self.out_of, "queue")
        if now - self.looked < 2 or not os.path.isdir(queue):
            return
        self.looked = now
        names = sorted(name for name in os.listdir(queue) if name.startswith("id:"))
        self.inputs = len(names)
        told = re.search(r",execs:(\d+)", names[-1]) if names else None
        if told:
            self.executions = max(self.executions, int(told.group(1)))
            self.rate = int(self.executions / max(1.0, now - self.began))

    def status(self):
        return "%-34s %9d exec/s  corpus %5d  %3.0f s left" % (self.job, self.rate, self.inputs, self.left())

    def figures(self):
        """What afl-fuzz writes down at its end."""
        try:
            with open(os.path.join(self.out_of, "fuzzer_stats"), encoding="utf-8") as f:
                said = dict(re.findall(r"^(\w+)\s*: (\S+)", f.read(), re.M))
            self.executions, self.edges = int(said["execs_done"]), int(said["edges_found"])
            self.inputs = int(said["corpus_count"])
            self.rate = int(self.executions / max(1.0, time.monotonic() - self.began))
        except (OSError, KeyError, ValueError):
            pass  # it did not get so far

    def collect(self):
        self.figures()
        end_leftovers(self.home)
        self.bring_home()
        shutil.rmtree(self.home, ignore_errors=True)

    def judge(self, artifacts, said):
        """Asks the target built for libFuzzer, whose words name a finding; then its own. What passes both alone is kept
        under another name."""
        found = []
        for path in artifacts:
            text = output_of(binary(self.target), path)
            if text is not None:
                found.append((path, text, None))
                continue
            own = output_of(binary(self.target, PRESET), path)
            if own is not None:
                found.append((path, own, PRESET))
            elif os.path.basename(path).startswith("timeout-"):
                os.remove(path)  # it was the machine that was slow
            else:
                os.replace(path, os.path.join(self.findings, PASSES + path.rpartition("-")[2]))
                say("ci/fuzz: %s: an input failed under AFL++ and passes alone; it is kept in %s" % (
                    self.target, relative(self.findings)))
        return found

"""A campaign: all targets share the cores for a long time, turn by turn, and nothing is lost when it is killed."""

import concurrent.futures
import hashlib
import os
import selectors
import shutil
import signal
import subprocess
import time

from common import die, die_with_us, plural, read_json, say, write_json
from engine import FUZZ, begin, binary, relative, target_of
from findings import sanitizer_environment

STATE = os.path.join(FUZZ, "campaign.json")
POINTS = 240     # of a target's history; every second one goes when there are more
TURN = 60        # seconds, where there is time for two such turns of every target
SHORTEST = 10    # a shorter turn is mostly the loading of the corpus
LEAST_TURN = 5   # seconds that a turn counts at least, so that a target that stops at once gets no more than its share
SLOW_UNITS = 5   # kept per target
GIVEN_UP = 3     # turns in a row that a target ends without an input; it does not start then, and is tried no more
OPTIONS = ("jobs", "interval", "disk", "libfuzzer")  # which a resumed campaign has from before


class Target:
    """What is known of a target; all of it is in the state on disk."""

    def __init__(self, saved=None):
        self.turns, self.seconds, self.executions = 0, 0.0, 0
        self.loading = 0.0  # of these seconds, those before the corpus was read
        self.edges = self.features = self.inputs = self.new = 0
        self.clock = 0.0    # its time weighted by its luck: the target whose clock is behind is next
        self.luck = 1.0     # how many of its latest turns found something new, the last counting half
        self.history = []   # [seconds of the campaign, edges, features, inputs, executions, seconds of this target]
        self.__dict__.update(saved or {})

    def weight(self):
        """1 for a target that has long found nothing, 4 for one that finds something in every turn."""
        return 1 + 3 * self.luck

    def add(self, run, used, spent):
        found = run.features > self.features or run.edges > self.edges
        self.turns += 1
        self.seconds += used
        self.loading += run.loading
        self.executions += run.executions
        self.new += run.new
        self.edges, self.features = max(self.edges, run.edges), max(self.features, run.features)
        self.inputs = run.inputs
        self.luck = self.luck / 2 + (0.5 if found else 0)
        self.clock += max(used, LEAST_TURN) / self.weight()
        self.history.append([round(spent), self.edges, self.features, self.inputs, self.executions, round(self.seconds, 1)])
        if len(self.history) > POINTS:
            self.history = self.history[::2]


class Campaign:
    def __init__(self, names, seeds_of, args, store):
        self.names, self.seeds_of, self.args, self.store = names, seeds_of, args, store
        self.targets = {name: Target() for name in names}
        self.others = {}  # of targets that a resumed campaign had and that are not asked for now: kept as they were
        self.minutes, self.spent, self.seed = args.minutes, 0.0, args.seed
        self.workers_time = 0.0  # seconds, of all workers
        self.without_input = {}  # job -> how often in a row it ended so
        self.broken = {}         # job -> what is said of it in the end
        self.running = []
        self.selector = selectors.DefaultSelector()
        self.signals = self.stopping = 0  # asked to stop so often; and that was acted upon
        self.mark = time.monotonic()
        self.rates = {}
        self.reducing = concurrent.futures.ThreadPoolExecutor(1)

    def all_targets(self):
        return [*dict.fromkeys(map(target_of, self.names))]

    def in_use(self):
        return [name for name in self.names if self.without_input.get(name, 0) < GIVEN_UP]

    def interval(self):
        """Seconds of a turn."""
        return self.args.interval or max(SHORTEST, min(TURN, int(self.minutes * 30 * self.args.jobs / len(self.names))))

    # --- on disk ---

    def save(self, done=False):
        self.spend()
        write_json(STATE, {
            "done": done, "minutes": self.minutes, "spent": round(self.spent, 1),
            "workers_time": round(self.workers_time, 1), "seed": self.seed, "names": [*self.names, *self.others],
            "without_input": list(self.broken.values()),
            "options": {name: getattr(self.args, name) for name in OPTIONS},
            "targets": {**self.others, **{name: vars(t) for name, t in self.targets.items()}}})

    def resume(self, saved):
        self.spent, self.seed, self.workers_time = saved["spent"], saved["seed"], saved["workers_time"]
        self.minutes = self.args.minutes or saved["minutes"]
        for name, values in saved["targets"].items():
            if name in self.targets:
                self.targets[name] = Target(values)
            else:
                self.others[name] = values

    def spend(self):
        now = time.monotonic()
        self.spent += now - self.mark
        self.workers_time += (now - self.mark) * self.at_a_time()
        self.mark = now

    def at_a_time(self):
        return min(self.args.jobs, len({*map(target_of, self.in_use())}))

    def left(self):
        return max(0.0, self.minutes * 60 - self.spent)

    # --- turns ---

    def start(self):
        busy = {run.target for run in self.running}  # engines take turns on a target: each starts from what the other found
        free = [name for name in self.in_use() if target_of(name) not in busy]
        name = min(free, key=lambda n: (self.targets[n].clock, self.targets[n].turns, self.names.index(n)))
        turn = "%d %s %d" % (self.seed, name, self.targets[name].turns)
        number = int(hashlib.sha256(turn.encode()).hexdigest()[:8], 16) % 0x7FFFFFFF + 1
        seconds = max(1, int(min(self.interval(), self.left())))
        run = begin(name, self.seeds_of[target_of(name)], seconds, number, self.args.libfuzzer,
                    goes_on=any(target == target_of(name) for target, _ in self.store.rows))
        self.selector.register(run.pipe, selectors.EVENT_READ, run)
        self.running.append(run)

    def end(self, run):
        self.selector.unregister(run.pipe)
        self.running.remove(run)
        failed = run.finish()
        self.spend()
        self.targets[run.job].add(run, time.monotonic() - run.began, self.spent)
        self.rates[run.job] = run.rate
        if not any(artifact is None for artifact, _, _ in failed):
            self.without_input.pop(run.job, None)
        for artifact, text, preset in failed:
            if artifact is None:
                self.end_without_input(run, text)
                continue
            row, new = self.store.take(run.target, artifact, text, self.reduce_beside, preset, run.job)
            if new:
                say("ci/fuzz: FINDING in %s: %s (%s)" % (run.job, row["signature"], relative(self.store.best(row))))
        self.bound(run)
        self.save()

    def end_without_input(self, run, text):
        times = self.without_input[run.job] = self.without_input.get(run.job, 0) + 1
        self.broken[run.job] = dict(run.row_without_input(text), times=times)
        say("ci/fuzz: FINDING in %s: ended without an input%s; its log: %s" % (
            run.job, ", %d turns in a row, and is left out from here on" % times if times == GIVEN_UP else "", relative(run.log)))

    def reduce_beside(self, row):
        """Beside the fuzzing, which would wait for its output to be read."""
        self.reducing.submit(self.store.reduce, row)

    def bound(self, run):
        """Keeps what a target takes up on disk below its share."""
        slow = sorted((p for p in os.scandir(run.findings) if p.name.startswith("slow-unit-")), key=lambda p: p.stat().st_mtime)
        for entry in slow[:-SLOW_UNITS]:
            os.remove(entry.path)
        most = self.args.disk * (1 << 20) // len(self.all_targets())
        if disk_of(run.corpus) > most:
            merge(run.target, run.corpus, most, lambda: self.signals > 0)

    # --- what is shown ---

    def line(self):
        done = min(1.0, self.spent / (self.minutes * 60))
        # In the end nothing runs: what it came to on average.
        rate = sum(run.rate or self.rates.get(run.job, 0) for run in self.running) if self.running else (
            self.of_all("executions") / max(self.spent, 0.1))
        # What matters most comes first: a narrow terminal cuts the end off.
        return "[%-20s] %.1f of %d min, %s left  %s  %d execs/s  %d new inputs  %d edges  %d features" % (
            "#" * int(20 * done), self.spent / 60, self.minutes, in_words(self.left()),
            plural(len(self.store.rows) + len(self.broken), "finding"), rate, sum(t.new for t in self.targets.values()),
            sum(t.edges for t in self.targets.values()), sum(t.features for t in self.targets.values()))

    def of_all(self, what):
        """The sum over all that the campaign had, like `spent` and `workers_time`."""
        return sum(getattr(t, what) for t in [*self.targets.values(), *map(Target, self.others.values())])

    def cost(self):
        """How much of the workers' time was not fuzzing."""
        loading, turns = self.of_all("loading"), self.of_all("seconds")
        whole = max(self.workers_time, turns, 0.1)
        return "%.1f%% of the time was fuzzing, %.1f%% the reading of corpora, %.1f%% between turns" % (
            100 * (turns - loading) / whole, 100 * loading / whole, 100 * (whole - turns) / whole)

    def show(self, screen):
        screen.show_lines([self.line()], [run.status() for run in self.running], TURN)

    # --- all of it ---

    def interrupt(self, *_):
        """The first time, the turns that run are ended; the second time, killed. Nothing is broken off in its middle."""
        self.signals += 1
        self.store.hurry = True

    def stop(self, screen):
        screen.clear()
        if self.stopping > 0:
            for run in self.running:
                run.signal(signal.SIGKILL)
        else:
            say("ci/fuzz: stopping; press Ctrl-C again to kill")
            for run in self.running:
                run.interrupt()
        self.stopping = self.signals

    def loop(self, screen):
        saved = time.monotonic()
        while True:
            self.spend()
            if self.stopping < self.signals:
                self.stop(screen)
            while len(self.running) < self.at_a_time() and not self.signals and self.left() >= 1:
                self.start()
            if not self.running:
                break
            for key, _ in self.selector.select(timeout=1):
                if not key.data.read():
                    screen.clear()
                    self.end(key.data)
            for run in self.running:
                run.look()
                if run.is_overdue():
                    run.stopped = True
                    run.signal(signal.SIGKILL)
            self.show(screen)
            if time.monotonic() - saved >= TURN:
                saved = time.monotonic()
                self.save()


def in_words(seconds):
    return "%d s" % seconds if seconds < 600 else "%d h %d min" % (seconds // 3600, seconds % 3600 // 60)


def disk_of(place):
    return sum(entry.stat().st_blocks * 512 for entry in os.scandir(place))


def merge(target, corpus, most, stopped=lambda: False):
    """Replaces a corpus by a part of it that reaches as much; the largest files go where that is still too much."""
    smaller, old = corpus + ".merged", corpus + ".old"
    shutil.rmtree(smaller, ignore_errors=True)
    os.makedirs(smaller)
    args = [*die_with_us(), binary(target), "-merge=1", "-timeout=25", "-rss_limit_mb=2560", smaller, corpus]
    done = subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=sanitizer_environment(), check=False)
    if done.returncode == 0 and os.listdir(smaller):
        os.rename(corpus, old)
        os.rename(smaller, corpus)
        shutil.rmtree(old)
    shutil.rmtree(smaller, ignore_errors=True)
    if stopped():  # Ctrl-C reached the merge as well; nothing is given up for that
        return
    entries = sorted(os.scandir(corpus), key=lambda e: -e.stat().st_size)
    size = disk_of(corpus)
    for entry in entries:
        if size <= most:
            break
        size -= entry.stat().st_blocks * 512
        os.remove(entry.path)


def mend(names):
    """Puts right what a kill in the middle of a merge left behind."""
    for name in map(target_of, names):
        corpus = os.path.join(FUZZ, "corpus", name)
        if os.path.isdir(corpus + ".old"):
            if os.path.isdir(corpus):
                shutil.rmtree(corpus + ".old")
            else:
                os.rename(corpus + ".old", corpus)
        shutil.rmtree(corpus + ".merged", ignore_errors=True)


def last():
    """The state of the last campaign, {} when there was none."""
    return read_json(STATE)


def without_turn():
    """Of the last campaign, the targets that had no turn under any engine, yet or in the end, and how many it had in all."""
    state = last()
    had = {}
    for name in state["names"]:
        had[target_of(name)] = had.get(target_of(name), 0) + state["targets"].get(name, {}).get("turns", 0)
    return [target for target, turns in had.items() if not turns], len(had)


def unfinished():
    """The state of a campaign that did not come to its end, or None."""
    saved = last()
    return saved if saved and not saved.get("done", True) else None


def run(names, seeds_of, args, store, screen, saved=None):
    """Runs or resumes a campaign. Returns whether it was stopped, the table, the targets that ended without an input, and
    the targets left."""
    mend(names)
    c = Campaign(names, seeds_of, args, store)
    if saved is not None:
        c.resume(saved)
    if c.left() < 1:
        die("ci/fuzz: the campaign of %d minutes is over; --minutes gives it more" % c.minutes)
    signal.signal(signal.SIGINT, c.interrupt)
    say("ci/fuzz: %s for %d min, %d s of them done, %d at a time, %d s each turn, --seed %d" % (
        plural(len(c.all_targets()), "target"), c.minutes, c.spent, args.jobs, c.interval(), c.seed))
    c.mark = time.monotonic()
    c.save()
    c.loop(screen)
    c.reducing.shutdown()
    screen.clear()
    say("ci/fuzz: " + c.line())
    say("ci/fuzz: " + c.cost())
    c.save(done=not c.signals)
    rows = [[n, t.executions, int(t.executions / max(t.seconds, 0.001)), t.edges, t.new] for n, t in sorted(c.targets.items())]
    return bool(c.signals), rows, list(c.broken.values()), c.all_targets() if c.signals else []

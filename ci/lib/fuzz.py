"""ci/fuzz: the main job. Replays the corpus through parsers and oracles, then fuzzes every target."""

import argparse
import collections
import hashlib
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

import afl
import campaign
from common import CLEAN, COULD_NOT_RUN, FINDING, ROOT, STOPPED, USAGE, build, check_writable, cores, die, only_parse, plural
from common import read_json, run, run_logged, say, table, tail, write_json
from engine import CORPUS, ENGINES, FUZZ, PRESET, begin, binary, jobs_of, optional_targets, reducer, relative, target_of
from engine import targets
from findings import Store, sanitizer_environment

HELP = """Replays the corpus through the parsers, the properties and the oracles, then fuzzes each target for a while
under libFuzzer with AddressSanitizer and UBSan, a few at a time. What is found stays under build/fuzz: new inputs in
corpus/<target>, where the next run starts from, and failing inputs in findings/<target>, which every run tries again
first. Ctrl-C stops cleanly: nothing found so far is lost, and --resume takes up the targets that were left.

--engine afl does the same with AFL++, and both has each target under one after the other; they share the corpus and the
findings.

With --minutes it is a campaign: all targets share the cores for that long, in turns, and those that still find something
get up to four turns for one of the others. Its state is on disk after every turn; whatever ends it, --resume goes on."""

EPILOG = """exit status: 0 clean, 1 a finding, 2 usage, 3 could not run, 130 stopped with Ctrl-C without a finding"""

STATE = os.path.join(FUZZ, "state.json")
DEFAULTS = {"seconds": 30, "jobs": cores(), "interval": None, "disk": 2048, "libfuzzer": []}  # where none was given before


class Screen:
    """Live status: one line per running target, redrawn on a terminal, printed now and then elsewhere."""

    def __init__(self):
        self.live = sys.stdout.isatty()
        self.drawn = 0
        self.last = 0.0 if self.live else time.monotonic()

    def show_lines(self, plain, more, interval):
        """Shows lines, and on a terminal more of them; elsewhere every so many seconds."""
        now = time.monotonic()
        if now - self.last < (0.5 if self.live else interval):
            return
        self.last = now
        width = shutil.get_terminal_size().columns - 1
        self.clear()
        lines = plain + more if self.live else plain
        for line in lines:
            print(line[:width] if self.live else line)
        self.drawn = len(lines) if self.live else 0
        sys.stdout.flush()

    def show(self, runs, done, total):
        self.show_lines([r.status() for r in runs], ["%d of %d targets done" % (done, total)], 10)

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
        status = run_logged(args, log, env=sanitizer_environment())
        if status != 0:
            print(tail(log, 30), end="")
            return ("corpus replay: " + what, relative(log), "%s ended with status %d" % (tool, status),
                    shlex.join([relative(args[0]), *(relative(a) if os.path.isabs(a) else a for a in args[1:])]))
    return None


def fuzz(names, seeds_of, args, store):
    """Runs the targets, args.jobs at a time. Returns their rows, the findings, and the targets that were left."""
    waiting = collections.deque(names)
    running, rows, findings = [], {}, []
    selector = selectors.DefaultSelector()
    screen = Screen()
    stopped = False

    def start():
        name = next(n for n in waiting if target_of(n) not in {run.target for run in running})
        waiting.remove(name)
        number = int(hashlib.sha256(("%d %s" % (args.seed, name)).encode()).hexdigest()[:8], 16) % 0x7FFFFFFF + 1
        run = begin(name, seeds_of[target_of(name)], args.seconds, number, args.libfuzzer)
        selector.register(run.pipe, selectors.EVENT_READ, run)
        running.append(run)

    def end(run):
        selector.unregister(run.pipe)
        running.remove(run)
        before = len(findings)
        rows[run.job] = run
        for artifact, text, preset in run.finish():
            screen.clear()
            if artifact is None:
                findings.append(run.row_without_input(text))
                continue
            row, new = store.take(run.target, artifact, text, preset=preset, job=run.job)
            if new:
                findings.append(row)
        screen.clear()
        say("ci/fuzz: %-34s %11d executions  %9d exec/s  %5d edges  %5d new inputs%s" % (
            run.job, run.executions, run.rate, run.edges, run.new,
            "  FINDING" if len(findings) > before else ""))

    while waiting or running:
        try:
            while len(running) < args.jobs and not stopped and {*map(target_of, waiting)} - {run.target for run in running}:
                start()
            for key, _ in selector.select(timeout=0.5):
                if not key.data.read():
                    end(key.data)
            for run in running:
                run.look()
            screen.show(running, len(rows), len(names))
            if stopped and not running:
                break
        except KeyboardInterrupt:
            screen.clear()
            if stopped:
                for run in running:
                    run.signal(signal.SIGKILL)
                continue
            stopped = True
            say("ci/fuzz: stopping; press Ctrl-C again to kill")
            for run in running:
                run.interrupt()
    unfinished = list(waiting) + [name for name, run in rows.items() if run.stopped]
    return rows, findings, unfinished, stopped


def unknown_flags(program, flags):
    """The flags that libFuzzer, which would warn in its log and go on, does not know."""
    if not flags:
        return []
    listed = subprocess.run([program, "-help=1"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    known = set(re.findall(r"^ (\w+)\s*\t", listed.stdout + listed.stderr, re.M))
    return [flag for flag in flags if known and flag[1:].partition("=")[0] not in known]


def save_state(left, args):
    os.makedirs(FUZZ, exist_ok=True)
    write_json(STATE, {"left": left, "options": {name: getattr(args, name) for name in ("seconds", "jobs", "libfuzzer")}})


def take_up(args, before, saved):
    """Gives options that are not given: as what is resumed had them, or as they usually are. A campaign, which `saved` is the
    state of, goes on with its own seed."""
    for name, default in DEFAULTS.items():
        if getattr(args, name) is None:
            setattr(args, name, before.get("options", {}).get(name, default))
    if saved is not None:
        args.minutes, args.seed = args.minutes or saved["minutes"], saved["seed"]


def main():
    parser = argparse.ArgumentParser(prog="ci/fuzz", description=HELP, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="fuzz only these (default: all)")
    parser.add_argument("--list", action="store_true", help="list the targets and stop")
    parser.add_argument("--engine", choices=list(ENGINES),
                        help="what fuzzes the targets (default libfuzzer; with --resume, what did so before)")
    parser.add_argument("--seconds", type=int, metavar="N", help="how long each target runs (default 30)")
    parser.add_argument("--minutes", type=int, metavar="N", help="a campaign: how long all targets together run")
    parser.add_argument("--jobs", "--workers", type=int, metavar="N",
                        help="targets at a time (default: one per core)")
    parser.add_argument("--interval", type=int, metavar="N",
                        help="seconds of a turn of a campaign (default 60; less, where not every target would get two turns)")
    parser.add_argument("--disk", type=int, metavar="MB",
                        help="what the corpora of a campaign may take up (default 2048)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31), metavar="N",
                        help="where the fuzzers' random choices start (default: a new one each run, printed)")
    parser.add_argument("--resume", action="store_true",
                        help="go on with the campaign that did not come to its end, with the options that it had where none "
                             "are given; without one, fuzz what the last run left")
    parser.add_argument("--json", metavar="FILE", help="write the table there too")
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    parser.add_argument("--libfuzzer", action="append", metavar="FLAG",
                        help="a further flag for libFuzzer, such as --libfuzzer=-max_len=4096; may be repeated")
    args = parser.parse_args()
    seeds_of = {**targets(), **{target: folder for target, (folder, _) in optional_targets().items()}}
    if args.list:
        print("\n".join(seeds_of))
        return CLEAN
    given = [args.seconds, args.jobs, args.seed, args.disk, args.minutes, args.interval]
    if any(value is not None and value < 1 for value in given):
        die("ci/fuzz: --seconds, --minutes, --jobs, --interval, --disk and --seed take positive numbers", USAGE)
    if args.minutes and args.seconds:
        die("ci/fuzz: --seconds is of runs without --minutes; a turn of a campaign has --interval", USAGE)
    if not args.minutes and not args.resume and (args.interval or args.disk):
        die("ci/fuzz: --interval and --disk are of campaigns, which --minutes begins", USAGE)
    for flag in args.libfuzzer or []:
        if not re.fullmatch(r"-[a-z_0-9]+=.+", flag):
            die("ci/fuzz: '%s' is no flag of libFuzzer; one looks like -max_len=4096" % flag, USAGE)
    if args.libfuzzer and args.engine == "afl":
        die("ci/fuzz: --libfuzzer is not for --engine afl", USAGE)
    unknown = [name for name in args.targets if name not in seeds_of]
    if unknown:
        die("ci/fuzz: no target '%s'; ci/fuzz --list shows them" % unknown[0], USAGE)
    names = jobs_of(list(dict.fromkeys(args.targets)) or list(seeds_of), args.engine or ("both" if args.resume else "libfuzzer"))
    if args.json:
        check_writable(args.json)
    if only_parse():
        return CLEAN
    saved = campaign.unfinished() if args.resume else None
    if saved is not None and args.seconds:
        die("ci/fuzz: what is resumed is a campaign, whose turns have --interval, not --seconds", USAGE)
    if saved is None and not args.minutes and (args.interval or args.disk):
        die("ci/fuzz: no campaign is left to resume, and --interval and --disk are of campaigns", USAGE)
    before = saved or (read_json(STATE) if args.resume else {})
    if saved is not None:
        names = [name for name in saved["names"] if name in names]
    elif args.resume:
        names = [name for name in names if name in before.get("left", [])]
    take_up(args, before, saved)
    if args.resume and not names:
        say("ci/fuzz: the last run left nothing to resume")
        return CLEAN
    store = Store(FUZZ, binary, reducer)
    in_use = {target_of(name) for name in names}
    under_afl = {target_of(name) for name in names if name.endswith("@afl")}
    under_afl.update(row["target"] for row in store.rows.values() if row.get("preset") and row["target"] in in_use)
    if under_afl and subprocess.run([os.path.join(ROOT, "ci", "setup"), *["--no-install"] * args.no_install, "afl"],
                                    check=False).returncode != 0:
        return COULD_NOT_RUN

    os.makedirs(os.path.join(FUZZ, "logs"), exist_ok=True)
    log = os.path.join(FUZZ, "logs", "build.log")
    open(log, "wb").close()
    say("ci/fuzz: building the targets into build/%s" % PRESET)
    built = build(PRESET, log)
    for target, (_, feature) in optional_targets().items():
        if built and not os.path.isfile(binary(target)) and target in in_use:
            say("ci/fuzz: no %s: OpenSSL as it is here has no %s" % (target, feature))
            names = [name for name in names if target_of(name) != target]
            in_use, under_afl = in_use - {target}, under_afl - {target}
    if not built or under_afl and not afl.make(sorted(under_afl), log):
        print(tail(log, 40), end="")
        die("ci/fuzz: the build failed (all of it: %s)" % relative(log))
    if not names:
        die("ci/fuzz: nothing is left to fuzz")
    for flag in unknown_flags(binary(target_of(names[0])), args.libfuzzer):
        die("ci/fuzz: libFuzzer has no flag '%s'; %s -help=1 lists them" % (flag, relative(binary(target_of(names[0])))), USAGE)

    replay_log = os.path.join(FUZZ, "logs", "replay.log")
    open(replay_log, "wb").close()
    failed = replay(replay_log)
    for row in store.retry(in_use):
        say("ci/fuzz: %s no longer fails: %s; moved to %s" % (row["target"], row["signature"], relative(
            os.path.join(FUZZ, "fixed", row["target"]))))
    if args.minutes:
        stopped, lines, findings, left = campaign.run(names, seeds_of, args, store, Screen(), saved)
        idle = campaign.without_turn()
    else:
        kept = [name for name in before.get("left", []) if name not in names]
        stopped, lines, findings, left = in_turn(names, seeds_of, args, store, kept)
        idle = [], 0
    known = [row for row in store.rows.values() if row["target"] in in_use]
    findings = known + [row for row in findings if row not in known]  # those without an input are not in the store
    return report(args, failed, stopped, lines, findings, left, store, idle)


HEAD = ["target", "executions", "execs/s", "edges", "new inputs", "findings"]


def in_turn(names, seeds_of, args, store, kept):
    """Each target once. Returns whether it was stopped, the table, the new findings, and the targets that were left: with
    those `kept` of an earlier run, which this one was not asked for."""
    say("ci/fuzz: fuzzing %s for %d s each, %d at a time, --seed %d" % (
        plural(len({*map(target_of, names)}), "target"), args.seconds, args.jobs, args.seed))
    save_state(names + kept, args)
    rows, findings, left, stopped = fuzz(names, seeds_of, args, store)
    left += kept
    save_state(left, args)
    return stopped, [[n, r.executions, r.rate, r.edges, r.new] for n, r in sorted(rows.items())], findings, left


def counts_of(findings, jobs):
    """How many findings each job has: the one that made it, or, where that is not known or had no part in this run, the first
    of its target, so that each is counted once."""
    first = {target_of(job): job for job in sorted(jobs, reverse=True)}
    return collections.Counter(row["job"] if row.get("job") in jobs else first.get(row["target"]) for row in findings)


def as_data(row, store):
    """A finding as --json has it: all paths from the root of the project."""
    paths = {name: relative(os.path.join(store.home, row[name])) for name in ("reduced", "message") if row.get(name)}
    return dict(row, file=relative(store.best(row)), **paths)


def report(args, failed, stopped, lines, findings, left, store, idle):
    """Says and writes what came out; returns the exit status. `idle` are the targets of a campaign that had no turn, and of
    how many."""
    counts = counts_of(findings, {line[0] for line in lines})
    lines = [[*line, counts[line[0]]] for line in lines]
    say("")
    for line in table(HEAD, lines):
        say(line)
    say("")
    if failed:
        say("finding: %s\n  file       %s\n  signature  %s\n  reproduce  %s" % failed)
    for row in findings:
        path = store.best(row)
        say("finding: %s\n  file       %s\n%s  signature  %s\n  met        %s\n  reproduce  %s" % (
            row["target"], relative(path),
            "  message    %s\n" % relative(os.path.join(store.home, row["message"])) if row.get("message") else "",
            row["signature"], plural(row["times"], "time"),
            "the command in the first line of that log" if row.get("no_input")
            else shlex.join(relative(word) if os.path.isabs(word) else word for word in store.command(row))))
    if args.json:
        replayed = [dict(zip(("target", "file", "signature"), failed), reduced=None, times=1, no_input=True)] if failed else []
        write_json(args.json, {
            "seed": args.seed, "seconds": None if args.minutes else args.seconds, "minutes": args.minutes, "left": left,
            "without_turn": idle[0],
            "targets": [dict(zip(("target", "executions", "execs_per_s", "edges", "new_inputs", "findings"), line))
                        for line in lines],
            "findings": replayed + [as_data(row, store) for row in findings]})
    if args.minutes or args.resume:
        say("ci/fuzz: ci/report shows it as a page")
    if idle[0]:  # of one that was stopped, they may yet have theirs
        say("ci/fuzz: %d of %s had no turn%s" % (len(idle[0]), plural(idle[1], "target"),
                                                 " yet" if stopped else ": more --minutes, or name targets"))
    if left:
        say("ci/fuzz: %s left; ci/fuzz --resume goes on from here" % plural(len(left), "target"))
    if failed or findings:
        say("ci/fuzz: %s" % plural(len(findings) + bool(failed), "finding"))
        return FINDING
    say("ci/fuzz: stopped, no finding so far" if stopped else "ci/fuzz: no finding")
    return STOPPED if stopped else CLEAN


if __name__ == "__main__":
    run("ci/fuzz", main)

"""ci/corpus: looks after the corpus."""

import argparse
import collections
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(HERE)), "corpus", "record"))
import cli  # noqa: E402
import cutter  # noqa: E402
import manifest  # noqa: E402
from common import BUILD, CLEAN, FINDING, ROOT, USAGE, build, check_writable, die  # noqa: E402
from common import only_parse, plural, rows_of, run, say, table, tail, write_json  # noqa: E402
from engine import PRESET, binary, targets  # noqa: E402
from findings import sanitizer_environment  # noqa: E402

HELP = """Looks after the corpus.

  audit      what is there by message, version, stack and rule, with the holes; seeds that add no coverage, duplicates, sizes
  minimise   drops fuzz finds that no longer add coverage; all other seeds stay
  merge DIR  adds what a fuzzing campaign found, where it adds coverage: DIR has a folder per fuzz target or message
  pack       writes <target>_seed_corpus.zip for every target, and one archive of it all
  dict       writes the part of fuzz/dict/*.dict that follows from the tables of parsers/include/cauth

Coverage is that of the fuzz targets, parsers and oracles alike, as libFuzzer counts it, together with what
cauth-diff says of each seed."""

EPILOG = """exit status: 0 clean, 1 the corpus has a hole that corpus/holes.tsv does not explain, is too large, or
(dict --check) a dictionary is stale, 2 usage, 3 could not run"""

CORPUS = manifest.CORPUS
MANIFEST = os.path.join(CORPUS, "MANIFEST.tsv")
HOLES = os.path.join(CORPUS, "holes.tsv")
HOLE_KINDS = ("message", "rule", "scenario", "shape")
MAX_BYTES = 10_000_000
ENOUGH_STACKS = 2
DROPPABLE = ("fuzz",)  # origins that minimise may drop; the others have a provenance of their own
DICT = os.path.join(ROOT, "fuzz", "dict")
GENERATED = "# from the tables of parsers/include/cauth, by ci/corpus dict\n"


# what is there

def files_of(row):
    return os.path.join(CORPUS, row.path)


def stacks_of(row):
    """The stacks that sent a seed, without their versions; none of those that nobody named."""
    return {stack for stack, _ in manifest.senders(row)}


def read_holes():
    """{(kind, what): reason} of corpus/holes.tsv."""
    found = {}
    with open(HOLES, encoding="utf-8") as f:
        for number, line in enumerate(f.read().splitlines(), 1):
            columns = line.split("\t")
            if number == 1:
                if columns != ["kind", "what", "reason"]:
                    die("%s:1: not the header kind, what, reason" % cli.shown(HOLES))
            elif len(columns) != 3 or columns[0] not in HOLE_KINDS or not columns[2]:
                die("%s:%d: not kind (%s), what and reason" % (cli.shown(HOLES), number, ", ".join(HOLE_KINDS)))
            else:
                found[columns[0], columns[1]] = columns[2]
    return found


def seeds_of_rules(rows):
    """id -> ({messages with a seed that breaks it}, the smallest such seed's size), apart for refused and flagged."""
    found = collections.defaultdict(lambda: {"reject": {}, "accept": {}})
    for row in rows:
        for verdict in {row.strict, row.interop}:
            how, _, rest = verdict.partition(":")
            size = os.path.getsize(files_of(row))
            for rule in re.findall(r"[A-Z][A-Z0-9-]*", rest.split("@")[0]):
                place = found[rule][how]
                place[row.message] = min(size, place.get(row.message, size))
    return found


def message_table(rows):
    """Seeds by message, version and stack, and what gave the others. A hole is a version of a message that fewer than two
    stacks have sent. What was sent under several versions counts for each, and is kept once."""
    stacks = sorted({stack for row in rows for stack in stacks_of(row)})
    lines, holes = [], []
    for message in manifest.messages():
        mine = [row for row in rows if row.message == message.name]
        by_version = collections.Counter((version, stack) for row in mine for stack, version in manifest.senders(row))
        for version in cutter.versions_of(message):
            sent = [by_version[version, stack] for stack in stacks]
            by_origin = collections.Counter(row.origin for row in mine if row.version == version)
            hole = sum(map(bool, sent)) < ENOUGH_STACKS
            if hole:
                holes.append(("message", "%s %s" % (message.name, version)))
            lines.append([message.name, version, *(number or "-" for number in sent), by_origin["breaker"] or "-",
                          by_origin["regression"] or "-",
                          by_origin.total() - sum(by_origin[origin] for origin in ("captured", "breaker", "regression")) or "-",
                          "HOLE" if hole else ""])
    return ["message", "version", *stacks, "breakers", "regressions", "others", ""], lines, holes


def rule_table(rows):
    """For each rule that is enforced: what seeds of each stack show it, the messages with a seed that does, and how small
    the smallest is. Holes are rules without any, and messages that lack one which has a breaker for a message of the same
    layout."""
    known, lines, rules = seeds_of_rules(rows), [], manifest.rule_table()
    stacks = sorted({stack for row in rows for stack in stacks_of(row)})
    shown = collections.Counter((rule, stack) for row in rows for stack in stacks_of(row) for rule in manifest.rules_shown(row))
    holes = [("rule", "%s %s" % (message.name, rule)) for message, rule in manifest.lacking(rows, rules)]
    for rule, (_, refused) in rules.items():
        place = known[rule]["reject" if refused else "accept"]
        if not place:
            holes.append(("rule", rule))
        lines.append([rule, "refused" if refused else "flagged", min(place.values(), default="-"),
                      *(shown[rule, stack] or "-" for stack in stacks), " ".join(sorted(place)) or "HOLE"])
    return ["rule", "is", "smallest", *stacks, "messages"], lines, holes


def duplicates(rows):
    """Paths with the same bytes in one message."""
    same = collections.defaultdict(list)
    for row in rows:
        same[row.message, row.sha256].append(row.path)
    return [paths for paths in same.values() if len(paths) > 1]


def sizes():
    """Bytes in the seeds, in the captures, and in all that is under corpus/."""
    total = captures = seeds = 0
    messages = {message.name for message in manifest.messages()}
    for parent, folders, files in os.walk(CORPUS):
        folders[:] = [folder for folder in folders if folder != "__pycache__"]
        top = os.path.relpath(parent, CORPUS).split(os.sep)[0]
        for file in files:
            size = os.path.getsize(os.path.join(parent, file))
            total += size
            captures += size if top == "captures" else 0
            seeds += size if top in messages else 0
    return seeds, captures, total


# coverage

def build_targets():
    log = os.path.join(BUILD, "corpus.log")
    os.makedirs(BUILD, exist_ok=True)
    open(log, "wb").close()
    say("ci/corpus: building the fuzz targets into build/%s" % PRESET)
    if not build(PRESET, log):
        print(tail(log, 40), end="")
        die("ci/corpus: the build failed (all of it: %s)" % os.path.relpath(log, ROOT))


def features_of_target(target, paths, env):
    """path -> the features that libFuzzer sees a target reach with it."""
    with tempfile.TemporaryDirectory(prefix="cauth-corpus-") as place:
        control, inputs, kept = (os.path.join(place, name) for name in ("control", "inputs", "kept"))
        os.mkdir(inputs)
        os.mkdir(kept)
        linked = {}
        for number, path in enumerate(paths):  # names of our own, so that any file can be told apart
            linked[os.path.join(inputs, str(number))] = path
            shutil.copyfile(path, os.path.join(inputs, str(number)))
        ran = subprocess.run([binary(target), "-merge=1", "-merge_control_file=" + control, kept, inputs], env=env,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=1800, check=False)
        if ran.returncode != 0 or not os.path.exists(control):
            die("ci/corpus: %s -merge=1 ended with status %d: %s"
                % (target, ran.returncode, ran.stderr.decode(errors="replace").splitlines()[-1:]))
        with open(control, encoding="utf-8") as f:
            lines = f.read().splitlines()
    count = int(lines[0])
    names = lines[2:2 + count]
    found = {linked[name]: set() for name in names if name in linked}
    for line in lines[2 + count:]:
        kind, number, *values = line.split()
        if kind == "FT":
            found[linked[names[int(number)]]] |= {target + " " + value for value in values}
    return found


def divergences(paths):
    """path -> what cauth-diff says of it, which counts as coverage as well."""
    found = collections.defaultdict(set)
    for start in range(0, len(paths), 500):
        ran = subprocess.run([binary("cauth-diff"), *paths[start:start + 500]], env=sanitizer_environment(), text=True,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=1800, check=False)
        path = None
        for line in ran.stdout.splitlines():
            if not line.startswith(" "):
                path, _, rest = line.partition(": ")
                if path in paths:
                    found[path].add("diff " + rest)
            else:
                # offsets and lengths differ from seed to seed; what is said about them does not
                found[path].add("diff " + re.sub(r"\d+", "N", line.strip()))
    return found


def coverage(by_message):
    """path -> features, over every target of its message and the oracles."""
    env, found = sanitizer_environment(), collections.defaultdict(set)
    wanted = [(target, message) for target, message in targets().items() if by_message.get(message)]
    for number, (target, message) in enumerate(wanted, 1):
        say("ci/corpus: coverage %d of %d: %s, %s" % (number, len(wanted), target, plural(len(by_message[message]), "seed")))
        for path, features in features_of_target(target, by_message[message], env).items():
            found[path] |= features
    every = [path for paths in by_message.values() for path in paths]
    for path, features in divergences(every).items():
        found[path] |= features
    return found


def redundant(ordered, features, kept=()):
    """Of these paths, in this order, those that reach nothing that an earlier one or `kept` does not reach."""
    reached, useless = set(), []
    for path in kept:
        reached |= features[path]
    for path in ordered:
        if features[path] <= reached:
            useless.append(path)
        reached |= features[path]
    return useless


def droppable(ordered, features, kept):
    """Of these paths, in this order, a set that can go while the rest and `kept` reach all that all of them reach."""
    useless = set(redundant(ordered, features, kept))
    stay = [path for path in ordered if path not in useless]
    # a small one is of no use either once those that come after it reach all that it does
    counts = collections.Counter(feature for path in [*kept, *stay] for feature in features[path])
    for path in stay:
        if all(counts[feature] > 1 for feature in features[path]):
            useless.add(path)
            counts.subtract(features[path])
    return useless


def by_message(rows):
    found = collections.defaultdict(list)
    for row in rows:
        found[row.message].append(files_of(row))
    return found


# commands

def audit(args):
    rows = manifest.read(MANIFEST)
    head, lines, holes = message_table(rows)
    rule_head, rule_lines, rule_holes = rule_table(rows)
    known, wrong = read_holes(), []
    for line in table(head, lines):
        say(line)
    say("")
    for line in table(rule_head, rule_lines):
        say(line)
    say("")
    missing = holes + rule_holes
    for kind, what in missing:
        if (kind, what) not in known:
            wrong.append("%s %s: %s" % (kind, what, "captured from fewer than two stacks" if kind == "message"
                                        else "no seed breaks it"))
    for (kind, what), reason in known.items():
        if kind in ("message", "rule") and (kind, what) not in missing:
            wrong.append("%s %s: is no hole any more; take it out of %s" % (kind, what, cli.shown(HOLES)))
        else:
            say("hole: %s %s: %s" % (kind, what, reason))
    say("")
    same = duplicates(rows)
    for paths in same:
        say("the same bytes: " + " ".join(paths))
    dead = []
    if args.coverage:
        build_targets()
        features = coverage(by_message(rows))
        order = sorted(rows, key=lambda row: (row.origin in DROPPABLE, os.path.getsize(files_of(row))))
        useless = set(redundant([files_of(row) for row in order], features))
        dead = [row for row in rows if files_of(row) in useless]
        for origin, number in collections.Counter(row.origin for row in dead).most_common():
            say("dead seeds: %d of %d that are %s add no coverage to smaller ones%s"
                % (number, sum(row.origin == origin for row in rows), origin,
                   "" if origin in DROPPABLE else "; kept for where they come from"))
        if args.dead:
            for row in dead:
                say("dead: corpus/%s (%s)" % (row.path, row.origin))
    seeds, captures, total = sizes()
    say("%d seeds, %.1f MB; captures %.1f MB; all of corpus/ %.1f MB of %.0f MB; %s"
        % (len(rows), seeds / 1e6, captures / 1e6, total / 1e6, MAX_BYTES / 1e6, plural(len(same), "duplicate")))
    if total > MAX_BYTES:
        wrong.append("corpus/ has %d bytes, more than %d" % (total, MAX_BYTES))
    if args.json:
        write_json(args.json, {
            "messages": [dict(zip([*head[:-1], "hole"], line)) for line in lines],
            "rules": [dict(zip(rule_head, line)) for line in rule_lines],
            "seeds": [{"path": row.path, "message": row.message, "version": row.version, "origin": row.origin,
                       "stacks": sorted(stacks_of(row)), "strict": row.strict, "interop": row.interop} for row in rows],
            "holes": [{"kind": kind, "what": what, "reason": reason} for (kind, what), reason in known.items()],
            "duplicates": same, "dead": [row.path for row in dead], "unexplained": wrong})
    for line in wrong:
        say("ci/corpus: " + line)
    say("ci/corpus: " + (plural(len(wrong), "finding") if wrong else "no unexplained hole"))
    return FINDING if wrong else CLEAN


def minimise(args):
    rows = manifest.read(MANIFEST)
    candidates = {row.message for row in rows if row.origin in DROPPABLE}
    if not candidates:
        say("ci/corpus: no seed is a mere fuzz find; there is nothing that may be dropped")
        return CLEAN
    build_targets()
    mine = [row for row in rows if row.message in candidates]
    features = coverage(by_message(mine))
    kept = [files_of(row) for row in mine if row.origin not in DROPPABLE]
    loose = sorted((row for row in mine if row.origin in DROPPABLE), key=lambda row: os.path.getsize(files_of(row)))
    useless = droppable([files_of(row) for row in loose], features, kept)
    for path in sorted(useless):
        say("%s %s" % ("would drop" if args.dry_run else "dropped", os.path.relpath(path, ROOT)))
    if not args.dry_run:
        manifest.write(MANIFEST, [row for row in rows if files_of(row) not in useless])
        for path in useless:
            os.remove(path)
    say("ci/corpus: %d of %s dropped, with the coverage of all" % (len(useless), plural(len(loose), "fuzz find")))
    return CLEAN


def campaign(folder):
    """message -> (path, target) of the inputs below DIR, whose folders are fuzz targets or messages."""
    known, found = {**targets(), **{message.name: message.name for message in manifest.messages()}}, {}
    for name in sorted(os.listdir(folder)):
        place = os.path.join(folder, name)
        if os.path.isdir(place) and name in known:
            found.setdefault(known[name], []).extend(
                (os.path.join(place, file), name) for file in sorted(os.listdir(place))
                if os.path.isfile(os.path.join(place, file)))
    return found


def verdicts(message, path):
    """The strict and the interop verdict that the parsers give."""
    given = []
    for profile in ("strict", "interop"):
        ran = subprocess.run([binary("cauth-replay"), "--message", message, "--profile", profile, "--flags", path],
                             env=sanitizer_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        columns = ran.stdout.rstrip("\n").split("\t")
        if len(columns) != 7:
            die("ci/corpus: cauth-replay could not judge %s: %s" % (path, ran.stderr.strip()))
        _, _, _, verdict, rule, offset, flags = columns
        given.append("reject:%s@%s" % (rule, offset) if verdict == "reject"
                     else "accept" if flags == "-" else "accept:" + flags)
    return given


def merge(args):
    if not os.path.isdir(args.dir):
        die("ci/corpus: %s: not a folder" % args.dir, USAGE)
    brought = campaign(args.dir)
    if not brought:
        die("ci/corpus: %s: no folder in it is called after a fuzz target or a message" % args.dir)
    build_targets()
    rows = manifest.read(MANIFEST)
    messages = {message.name: message for message in manifest.messages()}
    ours = by_message(row for row in rows if row.message in brought)
    features = coverage({name: ours[name] + [path for path, _ in inputs] for name, inputs in brought.items()})
    there, new = {(row.message, row.sha256) for row in rows}, []
    for name, inputs in brought.items():
        inputs = sorted(inputs, key=lambda item: os.path.getsize(item[0]))
        useless = set(redundant([path for path, _ in inputs], features, ours[name]))
        for path, target in inputs:
            with open(path, "rb") as f:
                data = f.read()
            if path in useless or (name, manifest.digest(data)) in there:
                continue
            there.add((name, manifest.digest(data)))
            strict, interop = verdicts(name, path)
            row = messages[name].row("fuzz-" + hashlib.sha256(data).hexdigest()[:12], data, origin="fuzz",
                                     scenario="adds coverage to the seeds before it", strict=strict, interop=interop,
                                     source="found by %s; verdicts as the parsers gave them" % target)
            new.append((row, data))
    for row, data in new:
        say("%s corpus/%s: %d bytes, %s" % ("would add" if args.dry_run else "added", row.path, len(data), row.strict))
        if not args.dry_run:
            os.makedirs(os.path.dirname(files_of(row)), exist_ok=True)
            with open(files_of(row), "wb") as f:
                f.write(data)
    if not args.dry_run and new:
        manifest.write(MANIFEST, rows + [row for row, _ in new])
        say("ci/corpus: their verdicts say what the parsers do today; look at them, then run ci/rules-doc and "
            "ci/test replay documents")
    say("ci/corpus: %s of %d add coverage" % (plural(len(new), "input"), sum(map(len, brought.values()))))
    return CLEAN


def write_zip(path, members):
    """A zip of (name, file) that is the same whenever the files are."""
    with zipfile.ZipFile(path + ".part", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(members):
            with open(file, "rb") as f:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(info, f.read())
    os.replace(path + ".part", path)


def pack(args):
    rows = manifest.read(MANIFEST)
    seeds, count = by_message(rows), 0
    os.makedirs(args.out, exist_ok=True)
    for target, message in targets().items():
        if seeds.get(message):
            write_zip(os.path.join(args.out, target + "_seed_corpus.zip"),
                      [(os.path.basename(path), path) for path in seeds[message]])
            count += 1
    everything = [(row.path, files_of(row)) for row in rows]
    everything += [(name, os.path.join(CORPUS, name)) for name in ("MANIFEST.tsv", "README.md", "LICENSE", "holes.tsv")]
    everything += [("captures/" + name, os.path.join(CORPUS, "captures", name))
                   for name in os.listdir(os.path.join(CORPUS, "captures")) if name.endswith(".pcapng")]
    whole = os.path.join(args.out, "cauth-corpus.zip")
    write_zip(whole, [("cauth-corpus/" + name, path) for name, path in everything])
    say("ci/corpus: %s of seeds, and %s with %d files and %.1f MB, in %s"
        % (plural(count, "archive"), os.path.basename(whole), len(everything), os.path.getsize(whole) / 1e6,
           cli.shown(args.out)))
    return CLEAN


# dictionaries

def quoted(data):
    return '"%s"' % "".join("\\x%02x" % byte for byte in data)


def generated():
    """dictionary -> its generated entries."""
    alerts = ["alert_%s=%s" % (row[1].strip('"'), quoted(bytes([0x15, 3, 3, 0, 2, 2, int(row[0])])))
              for row in rows_of("parsers/include/cauth/alerts.def", "CAUTH_ALERT")]
    extensions = ["extension_%s=%s" % (row[2].strip('"'), quoted(int(row[1], 0).to_bytes(2, "big") + bytes(2)))
                  for row in rows_of("parsers/include/cauth/extensions.def", "CAUTH_EXTENSION")]
    return {"alerts.dict": alerts, "certreq13.dict": extensions, "cert13.dict": extensions}


def dictionaries(args):
    stale = []
    for name, entries in generated().items():
        path = os.path.join(DICT, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        wanted = text.partition(GENERATED)[0] + GENERATED + "\n".join(entries) + "\n"
        if wanted != text:
            stale.append(path)
            if not args.check:
                with open(path + ".part", "w", encoding="utf-8") as f:
                    f.write(wanted)
                os.replace(path + ".part", path)
    for path in stale:
        say("ci/corpus: %s %s" % (os.path.relpath(path, ROOT), "is stale; run ci/corpus dict" if args.check else "written"))
    if not stale:
        say("ci/corpus: the dictionaries are as the tables say")
    return FINDING if stale and args.check else CLEAN


def parse():
    parser = argparse.ArgumentParser(prog="ci/corpus", description=HELP, epilog=EPILOG, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-install", action="store_true", help="do not install packages; stop if some are missing")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, function, text):
        one = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        one.set_defaults(function=function)
        one.add_argument("--no-install", action="store_true", help=argparse.SUPPRESS)
        return one

    one = command("audit", audit, "say what is there and what is missing")
    one.add_argument("--no-coverage", dest="coverage", action="store_false",
                     help="leave out dead seeds, for which the fuzz targets have to be built")
    one.add_argument("--dead", action="store_true", help="name every dead seed")
    one.add_argument("--json", metavar="FILE", help="write all of it there too")
    one = command("minimise", minimise, "drop fuzz finds that add no coverage")
    one.add_argument("--dry-run", action="store_true", help="say what would be dropped, and drop nothing")
    one = command("merge", merge, "add what a fuzzing campaign found")
    one.add_argument("dir", metavar="DIR", help="such as build/fuzz/corpus: a folder per fuzz target or message")
    one.add_argument("--dry-run", action="store_true", help="say what would be added, and add nothing")
    one = command("pack", pack, "write the archives for others to use")
    one.add_argument("--out", metavar="DIR", default=os.path.join(BUILD, "corpus"), help="default: build/corpus")
    one = command("dict", dictionaries, "write the generated parts of the fuzzers' dictionaries")
    one.add_argument("--check", action="store_true", help="write nothing; say what is stale")
    return parser.parse_args()


def main():
    args = parse()
    if getattr(args, "json", None):
        check_writable(args.json)
    if only_parse():
        return CLEAN
    began = time.monotonic()
    try:
        status = args.function(args)
    except cli.Stop as why:
        die("ci/corpus: %s" % why)
    say("ci/corpus: %s in %.1f s" % (args.command, time.monotonic() - began))
    return status


if __name__ == "__main__":
    run("ci/corpus", main)

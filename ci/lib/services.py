"""What services for continuous fuzzing read: the files parse, and what they name is there. Used by ci/test."""

import glob
import itertools
import os
import re
import shlex
import subprocess

from common import ROOT

PROJECTS = ("ci/oss-fuzz/project.yaml", ".clusterfuzzlite/project.yaml")
KNOWN = {  # of project.yaml
    "fuzzing_engines": {"libfuzzer", "afl", "honggfuzz", "centipede", "none"},
    "sanitizers": {"address", "undefined", "memory"},
    "architectures": {"x86_64", "i386", "aarch64"},
}
ACTIONS = {  # what is used of other repositories, and the inputs that it is given here
    "actions/checkout@v4": set(),
    "actions/upload-artifact@v4": {"name", "path"},
    "google/clusterfuzzlite/actions/build_fuzzers@v1": {"language", "sanitizer", "github-token", "upload-build"},
    "google/clusterfuzzlite/actions/run_fuzzers@v1": {"mode", "fuzz-seconds", "sanitizer", "github-token", "output-sarif"},
}
PERMISSIONS = {  # what an action reads with the token it is given
    "actions/checkout@v4": {"contents"},
    "google/clusterfuzzlite/actions/build_fuzzers@v1": {"actions", "contents"},
    "google/clusterfuzzlite/actions/run_fuzzers@v1": {"actions", "contents"},
}
MODES = {"code-change", "batch", "prune", "coverage"}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def matrix_rows(job):
    """Every combination of the matrix of a job, as {name: value}."""
    matrix = job.get("strategy", {}).get("matrix", {})
    names = list(matrix)
    return [dict(zip(names, values)) for values in itertools.product(*(matrix[n] for n in names))]


def filled(text, row):
    return re.sub(r"\$\{\{ *matrix\.(\w+) *\}\}", lambda m: str(row.get(m.group(1), m.group(0))), str(text))


def command_faults(command):
    """A step runs one script under ci/, with arguments that it takes."""
    words = shlex.split(command)
    script = os.path.join(ROOT, words[0]) if words else ""
    if not words or not words[0].startswith("ci/"):
        yield "'%s' is no script under ci/" % command
    elif not os.access(script, os.X_OK):
        yield "%s: not there, or not executable" % words[0]
    else:
        program = os.path.join(ROOT, "ci/lib", os.path.basename(words[0]) + ".py")
        if not os.path.exists(program):
            yield "%s: is no command with arguments to check" % words[0]
            return
        done = subprocess.run(["python3", program, *words[1:]], env=dict(os.environ, CAUTH_ONLY_PARSE="yes"),
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield "'%s': %s" % (command, done.stderr.strip())


def step_faults(step, row):
    if ("uses" in step) == ("run" in step):
        yield "a step either runs or uses something"
    elif "run" in step:
        yield from command_faults(filled(step["run"], row))
    else:
        if step["uses"] not in ACTIONS:
            yield "%s is not among the actions that ci/lib/services.py knows" % step["uses"]
            return
        given = step.get("with", {})
        yield from ("%s takes no '%s'" % (step["uses"], name) for name in set(given) - ACTIONS[step["uses"]])
        if "mode" in given and given["mode"] not in MODES:
            yield "ClusterFuzzLite has no mode '%s'" % given["mode"]
        if "sanitizer" in given and filled(given["sanitizer"], row) not in KNOWN["sanitizers"] | {"coverage"}:
            yield "ClusterFuzzLite has no sanitizer '%s'" % filled(given["sanitizer"], row)
    for left in re.findall(r"\$\{\{ *matrix\.(\w+)", filled(step, row)):
        yield "the matrix has no '%s'" % left


def workflow_faults(data):
    # YAML 1.1 reads the key `on` as true.
    if not isinstance(data, dict) or not data.get("jobs") or not (data.get("on") or data.get(True)):
        yield "a workflow says when it runs, and has jobs"
        return
    for name, job in data["jobs"].items():
        if not job.get("runs-on") or not job.get("steps"):
            yield "%s: a job says where it runs, and has steps" % name
            continue
        needs = job.get("needs", [])
        for other in [needs] if isinstance(needs, str) else needs:
            if other not in data["jobs"]:
                yield "%s: needs '%s', which is no job" % (name, other)
        granted = job.get("permissions", data.get("permissions", {}))
        for what in sorted(set().union(*(PERMISSIONS.get(step.get("uses"), set()) for step in job["steps"]))):
            if isinstance(granted, dict) and granted.get(what) not in ("read", "write"):
                yield "%s: its actions need the permission '%s: read'" % (name, what)
        for row in matrix_rows(job):
            for number, step in enumerate(job["steps"], 1):
                yield from ("%s, step %d: %s" % (name, number, fault) for fault in step_faults(step, row))


def stage_faults(data):
    """Every stage of ci/test is run by one of the jobs."""
    run = set()
    for job in data["jobs"].values():
        for row in matrix_rows(job):
            for step in job["steps"]:
                words = filled(step.get("run", ""), row).split()
                run.update(words[1:] if words[:1] == ["ci/test"] else [])
    listed = subprocess.run([os.path.join(ROOT, "ci/test"), "--list"], capture_output=True, text=True, check=False).stdout
    for stage in [line.split()[0] for line in listed.splitlines()]:
        if stage not in run:
            yield "no job runs the stage %s of ci/test" % stage


def project_faults(path, data):
    if data.get("language") != "c":
        yield "the language is c"
    if path.startswith("ci/") and not (data.get("main_repo") and data.get("primary_contact")):
        yield "OSS-Fuzz asks for main_repo and primary_contact"
    for key, known in KNOWN.items():
        yield from ("%s: '%s' is unknown" % (key, value) for value in data.get(key, []) if value not in known)


def dockerfile_faults(text):
    """What is copied from the repository, or run out of it, is there."""
    for line in text.splitlines():
        copied = re.match(r"COPY (\S+) ", line)
        run = re.findall(r"\b(ci/[\w./-]+)", line) if line.startswith("RUN ") else []
        for path in ([copied.group(1)] if copied else []) + run:
            if not os.path.exists(os.path.join(ROOT, path)):
                yield "%s is not there" % path
        if re.match(r"(COPY|RUN cp)\b", line) and not re.search(r"\$SRC", line):
            yield "'%s' does not copy to $SRC" % line


def faults():
    """Yields (file, what is wrong), and ends with how many files were looked at."""
    import yaml  # of python3-yaml; no other command needs it

    looked_at = 0
    for path in [*PROJECTS, *sorted(os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, ".github/workflows/*")))]:
        looked_at += 1
        try:
            data = yaml.safe_load(read(path))
        except yaml.YAMLError as error:
            yield path, "is no YAML: %s" % " ".join(str(error).split())
            continue
        check = project_faults(path, data) if path in PROJECTS else workflow_faults(data)
        found = list(check)
        if path == ".github/workflows/test.yml" and not found:
            found = list(stage_faults(data))
        yield from ((path, fault) for fault in found)
    for path in ("ci/oss-fuzz/Dockerfile", ".clusterfuzzlite/Dockerfile"):
        looked_at += 1
        yield from ((path, fault) for fault in dockerfile_faults(read(path)))
    for path in ("ci/oss-fuzz/build.sh", ".clusterfuzzlite/build.sh"):
        looked_at += 1
        if not os.access(os.path.join(ROOT, path), os.X_OK):
            yield path, "is not executable"
        done = subprocess.run(["bash", "-n", os.path.join(ROOT, path)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield path, done.stderr.strip()
        for named in re.findall(r"\$SRC/cauth/([\w./-]+)", read(path)):
            if not os.path.exists(os.path.join(ROOT, named)):
                yield path, "%s is not there" % named
    return looked_at


def check():
    """Returns a list of (file, what is wrong) and the number of files."""
    found, source = [], faults()
    while True:
        try:
            found.append(next(source))
        except StopIteration as end:
            return found, end.value

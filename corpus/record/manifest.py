"""corpus/MANIFEST.tsv: one row per seed, sorted by path."""

import hashlib
import os
import re
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.dirname(HERE)
MESSAGES = os.path.join(CORPUS, "..", "parsers", "messages.def")


class Row(NamedTuple):
    path: str  # relative to corpus/
    sha256: str
    message: str  # a row of messages.def, and the folder
    origin: str  # captured, breaker, vector, regression
    stacks: str  # "openssl 3.0.17 (server) / openssl 3.0.17 (client)", or -
    scenario: str
    source: str  # "captures/NAME.pcapng frame N", "breaker CR-12-02"
    strict: str  # accept, accept:ID,ID or reject:ID@offset
    interop: str


class Message(NamedTuple):
    """A row of messages.def, as text."""
    name: str
    layout: str
    version: str
    sender: str
    phase: str
    certificate_type: str
    handshake_type: str
    form: str
    items: str


def messages():
    with open(MESSAGES, encoding="utf-8") as file:
        rows = re.findall(r"^CAUTH_MESSAGE\(([^)]*)\)", file.read(), re.MULTILINE)
    return [Message(*(column.strip() for column in row.split(","))) for row in rows]


def read(path):
    """The rows of a manifest; none when there is no such file. Raises ValueError."""
    if not os.path.exists(path):
        return []
    rows = []
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            columns = line.rstrip("\n").split("\t")
            if number == 1:
                if tuple(columns) != Row._fields:
                    raise ValueError(f"{path}:1: not the header {' '.join(Row._fields)}")
                continue
            if len(columns) != len(Row._fields):
                raise ValueError(f"{path}:{number}: {len(columns)} columns instead of {len(Row._fields)}")
            rows.append(Row(*columns))
    return rows


def write(path, rows):
    text = ["\t".join(row) for row in [Row._fields, *sorted(rows)]]
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(text) + "\n")
    os.replace(path + ".new", path)


def digest(data):
    return hashlib.sha256(data).hexdigest()

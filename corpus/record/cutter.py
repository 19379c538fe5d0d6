"""Seeds out of a capture's connections: what `cut` and `corpus/import` have in common."""

from typing import NamedTuple

import capture
import manifest

# versions without a row of their own that share the bytes of another's (RFC 5246 §7.4.2, RFC 4346 §7.4.8)
READ_AS = {(capture.CERTIFICATE, "TLS10"): "TLS12", (capture.CERTIFICATE, "TLS11"): "TLS12",
           (capture.CERTIFICATE_VERIFY, "SSL30"): "TLS10", (capture.CERTIFICATE_VERIFY, "TLS11"): "TLS10"}
DATAGRAMS = {"DTLS12": "TLS12"}  # bodies of the same format; their records and alerts have no messages yet
NAMES_READ_AS = {"SSL30": "TLS10", "TLS11": "TLS12", "TLS13": "TLS12"}  # DistinguishedNames differ before TLS 1.1 only
CERTIFICATE_TYPES = {b"\x00": "X509", b"\x01": "OPENPGP", b"\x02": "RAW_PUBLIC_KEY"}
SELECTS_CERTIFICATE_TYPE = {"client": 19, "server": 20}  # extensions (RFC 7250 §3)
MAX_FRAGMENT = 16384
MAX_NAMES = 8


def records(content_type, version, data):
    """`data` as plaintext records."""
    out = b""
    for at in range(0, len(data), MAX_FRAGMENT):
        part = data[at:at + MAX_FRAGMENT]
        out += bytes([content_type]) + version.to_bytes(2, "big") + len(part).to_bytes(2, "big") + part
    return out


def vectors(data, width):
    """The items of a list of vectors with lengths of `width` bytes."""
    items, at = [], 0
    while at + width <= len(data):
        length = int.from_bytes(data[at:at + width], "big")
        items.append(data[at + width:at + width + length])
        at += width + length
    return items


def names(body, version):
    """The DistinguishedNames of a CertificateRequest."""
    if version == "TLS13":
        at = 1 + body[0] + 2
        while at + 4 <= len(body):
            number, length = int.from_bytes(body[at:at + 2], "big"), int.from_bytes(body[at + 2:at + 4], "big")
            if number == 47:
                return vectors(body[at + 6:at + 4 + length], 2)
            at += 4 + length
        return []
    at = 1 + body[0]
    if version == "TLS12":
        at += 2 + int.from_bytes(body[at:at + 2], "big")
    return vectors(body[at + 2:], 2)


def certificates(body, version):
    """The certificates of a Certificate."""
    if version != "TLS13":
        return vectors(body[3:], 3)
    found, at = [], 1 + body[0] + 3
    while at + 3 <= len(body):
        length = int.from_bytes(body[at:at + 3], "big")
        found.append(body[at + 3:at + 3 + length])
        at += 3 + length
        at += 2 + int.from_bytes(body[at:at + 2], "big")
    return found


class Seed(NamedTuple):
    capture: str
    message: manifest.Message
    name: str
    data: bytes
    frame: int
    version: str
    role: str


class Cutter:
    """Seeds out of captures, each content once per message. `seen` holds what other rows have already, `names` what they
    are called."""

    def __init__(self, rows, seen, names=()):
        self.rows = rows
        self.seen = seen  # (message, sha256) -> the stacks that sent it
        self.shapes = set()
        self.names = set(names)  # (message, name)
        self.seeds = []
        self.capture, self.about, self.version = "", {}, ""

    def cut(self, name, connection, about):
        """The seeds of one connection in the capture `name`, whose account of itself is `about`."""
        self.capture, self.about, self.version = name, about, connection.version
        finished = set()
        if connection.version in DATAGRAMS:
            connection.version = DATAGRAMS[connection.version]
            connection.stream = {}
            connection.sent = [sent for sent in connection.sent if sent.content_type != capture.ALERT]
        for sent in connection.sent:
            if sent.content_type == capture.ALERT:
                self._alert(name, sent, connection)
            elif sent.content_type == capture.HANDSHAKE:
                self._message(name, sent, connection, post_handshake=len(finished) == 2)
            if sent.handshake_type == capture.FINISHED:
                finished.add(sent.sender)
        for sender, data in connection.stream.items():
            self._streams(name, sender, data, connection)

    def _add(self, row, name, data, frame, sender):
        if row is None or not data:
            return
        key = row.name, manifest.digest(data)
        known = key in self.seen
        version = self.version or row.version
        self.seen.setdefault(key, set()).add(manifest.sender(self.about.get(sender, "unknown"), version))
        if known:
            return
        free, number = name, 1
        while (row.name, free) in self.names:
            number += 1
            free = f"{name}-{number}"
        self.names.add((row.name, free))
        self.seeds.append(Seed(self.capture, row, free, data, frame, version, sender))

    def _find(self, sender, **columns):
        """The first message with these columns that this side may send."""
        for row in self.rows:
            if row.sender in (sender.upper(), "EITHER") and all(getattr(row, c) == v for c, v in columns.items()):
                return row
        return None

    def _alert(self, name, sent, connection):
        version = connection.version or capture.VERSIONS.get(sent.record_version)
        level = {1: "warning", 2: "fatal"}.get(sent.data[0], str(sent.data[0]))
        self._add(self._find(sent.sender, layout="alerts", version=version), f"{name}-{level}-{sent.data[1]}",
                  records(capture.ALERT, sent.record_version, sent.data), sent.frame, sent.sender)

    def _message(self, name, sent, connection, post_handshake):
        number, version = sent.handshake_type, connection.version
        kind = "X509"
        if number == capture.CERTIFICATE:
            selected = connection.selected_extension(SELECTS_CERTIFICATE_TYPE[sent.sender])
            kind = CERTIFICATE_TYPES.get(selected, kind)
        columns = {"handshake_type": str(number), "version": READ_AS.get((number, version), version),
                   "certificate_type": kind}
        row = self._find(sent.sender, phase="POST_HANDSHAKE", **columns) if post_handshake else None
        self._add(row or self._find(sent.sender, phase="HANDSHAKE", **columns), name, sent.body, sent.frame,
                  sent.sender)
        if number == capture.CERTIFICATE_REQUEST:
            row = self._find("server", layout="name", version=NAMES_READ_AS.get(version, version))
            for at, item in enumerate(names(sent.body, version)[:MAX_NAMES]):
                self._add(row, f"{name}-{at}", item, sent.frame, sent.sender)
        if number == capture.CERTIFICATE and kind == "X509":
            row = self._find("client", layout="x509")
            for at, item in enumerate(certificates(sent.body, version)):
                self._add(row, f"{name}-{sent.sender}-{at}", item, sent.frame, sent.sender)

    def _streams(self, name, sender, data, connection):
        version = connection.version
        told = [sent for sent in connection.sent if sent.sender == sender]
        shape = (version, sender, tuple((sent.content_type, sent.handshake_type) for sent in told), record_types(data))
        if not data or shape in self.shapes:
            return
        self.shapes.add(shape)
        handshake = data
        if version == "TLS13":  # decrypted, each message in plaintext records of its own
            handshake = b"".join(records(capture.HANDSHAKE, sent.record_version, sent.data) for sent in told
                                 if sent.content_type == capture.HANDSHAKE)
        for layout, stream in (("records", data), ("handshakes", handshake)):
            self._add(self._find(sender, layout=layout, version=version), f"{name}-{sender}", stream,
                      connection.first_frame[sender], sender)


def versions_of(message):
    """The versions whose bytes are kept under this message: its own, and those that have none of their own."""
    if message.layout == "x509":
        return list(manifest.VERSIONS)
    read_as = NAMES_READ_AS if message.layout == "name" else {
        version: other for (number, version), other in READ_AS.items() if str(number) == message.handshake_type}
    if message.form == "BODY":
        read_as = {**read_as, **DATAGRAMS}
    return [version for version in manifest.VERSIONS if read_as.get(version, version) == message.version]


def record_types(stream):
    types, at = [], 0
    while at + 5 <= len(stream):
        types.append(stream[at])
        at += 5 + int.from_bytes(stream[at + 3:at + 5], "big")
    return tuple(types)


def complaints(connections):
    """Why what was read is not all that the capture should give."""
    if not connections:
        yield "no TCP connection with data in it"
    for connection in connections:
        if connection.version is None and not connection.alerts():
            yield "neither a ServerHello nor an alert: not a TLS handshake, or not from its beginning"
        elif connection.version == "TLS13" and not connection.messages(capture.ENCRYPTED_EXTENSIONS, "server") \
                and connection.opaque:
            yield "TLS 1.3, but nothing could be decrypted: does the capture carry its key log?"


def notes(connections):
    """What stayed closed in a capture that is fine otherwise."""
    for connection in connections:
        for frame, sender in connection.opaque:
            yield f"frame {frame}: a record of the {sender} could not be decrypted and is left out"

"""A recorded handshake, read through tshark: what each side sent, decrypted where the capture carries the keys."""

import json
import os
import subprocess
from typing import NamedTuple

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE, CERTIFICATE_REQUEST = 1, 2, 8, 11, 13
CERTIFICATE_VERIFY, FINISHED = 15, 20
VERSIONS = {0x0300: "SSL30", 0x0301: "TLS10", 0x0302: "TLS11", 0x0303: "TLS12", 0x0304: "TLS13", 0xFEFF: "DTLS10",
            0xFEFD: "DTLS12"}
MAX_SIZE = 4_000_000  # bytes of a capture: tshark's account of it is fifty times as long
TLS_PORT = 443  # where tshark looks for TLS by itself


class Damaged(Exception):
    """The file is not a capture, or not a whole one."""


class Sent(NamedTuple):
    """One handshake message with its header, or the content of one alert record, in the clear."""
    frame: int
    sender: str  # client, server
    content_type: int
    record_version: int
    data: bytes

    @property
    def handshake_type(self):
        return self.data[0] if self.content_type == HANDSHAKE else None

    @property
    def body(self):
        return self.data[4:]


class Connection:
    """One TCP connection that carries TLS, or the datagrams between two ports that carry DTLS."""

    def __init__(self, time):
        self.time = time  # of the first segment, in seconds since 1970
        self.sent = []
        self.stream = {"client": b"", "server": b""}  # the bytes as captured
        self.first_frame = {}
        self.opaque = []  # (frame, sender) of protected records that could not be decrypted
        self.version = None  # a value of VERSIONS, once a ServerHello has been seen
        self._encrypting = set()
        self._next = {"client": 1, "server": 1}  # relative sequence numbers, in which the SYN is 0
        self._parts = {}  # of DTLS messages: (sender, message_seq) -> bytes so far, None once whole

    def messages(self, handshake_type, sender):
        return [s for s in self.sent if s.handshake_type == handshake_type and s.sender == sender]

    def alerts(self):
        """(sender, level, description) of each alert that could be read."""
        return [(s.sender, s.data[i], s.data[i + 1]) for s in self.sent if s.content_type == ALERT
                for i in range(0, len(s.data) - 1, 2)]

    def selected_extension(self, number):
        """The data of an extension in the server's answer to the ClientHello, or None."""
        found = None
        for message in self.sent:
            if message.sender == "server" and message.handshake_type in (SERVER_HELLO, ENCRYPTED_EXTENSIONS):
                found = hello_extensions(message).get(number, found)
        return found

    def segment(self, frame, sender, sequence, payload):
        """Appends one TCP segment; False when bytes before it are missing."""
        self.first_frame.setdefault(sender, frame)
        due = self._next[sender]
        if sequence > due:
            return False
        self.stream[sender] += payload[due - sequence:]
        self._next[sender] = max(due, sequence + len(payload))
        return True

    def record(self, frame, sender, fields):
        """One TLS record as tshark dissected it: a list of (key, value), keys may repeat."""
        value = {key: text for key, text in fields if isinstance(text, str)}
        protected = "tls.record.opaque_type" in value
        content_type = value.get("tls.record.content_type")
        if content_type is None:  # TLS 1.3 ciphertext that stayed closed
            if protected:
                self.opaque.append((frame, sender))
            return
        content_type, version = int(content_type), int(value.get("tls.record.version", "0"), 16)
        if content_type == CHANGE_CIPHER_SPEC:
            self._encrypting.add(sender)
        for key, raw in fields:
            if key not in ("tls.handshake_raw", "tls.alert_message_raw"):
                continue
            data = bytes.fromhex(raw[0])
            if content_type == HANDSHAKE and key == "tls.handshake_raw":
                clear = len(data) >= 4 and len(data) == 4 + int.from_bytes(data[1:4], "big")
            else:
                clear = content_type == ALERT and len(data) == 2
            if not clear:  # ciphertext, or a part that tshark puts together further on
                if sender in self._encrypting and not protected:
                    self.opaque.append((frame, sender))
                continue
            self.sent.append(Sent(frame, sender, content_type, version, data))
            if content_type == HANDSHAKE and data[0] == SERVER_HELLO:
                chosen = hello_extensions(self.sent[-1]).get(43, data[4:6])
                self.version = VERSIONS.get(int.from_bytes(chosen, "big"))

    def datagram(self, frame, sender, payload, layers):
        """One DTLS datagram. Its plaintext is read here, what was protected as tshark decrypted it."""
        self.first_frame.setdefault(sender, frame)
        self.stream[sender] += payload
        at = 0
        while at + 13 <= len(payload):
            length = int.from_bytes(payload[at + 11:at + 13], "big")
            content_type, epoch = payload[at], int.from_bytes(payload[at + 3:at + 5], "big")
            version, fragment = int.from_bytes(payload[at + 1:at + 3], "big"), payload[at + 13:at + 13 + length]
            at += 13 + length
            if epoch != 0:
                continue
            if content_type == HANDSHAKE:
                self._fragments(frame, sender, version, fragment)
            elif content_type == ALERT:
                self.sent.append(Sent(frame, sender, ALERT, version, fragment))
        for fields in (record for name, layer in layers if name == "dtls" for key, record in layer
                       if key == "dtls.record"):
            self._protected_datagram_record(frame, sender, fields)

    def _fragments(self, frame, sender, version, data):
        """The handshake fragments of one plaintext record; those that make a message whole give it."""
        at = 0
        while at + 12 <= len(data):
            kind, total = data[at], int.from_bytes(data[at + 1:at + 4], "big")
            key = sender, int.from_bytes(data[at + 4:at + 6], "big")
            offset, length = (int.from_bytes(data[at + 6 + i:at + 9 + i], "big") for i in (0, 3))
            part = data[at + 12:at + 12 + length]
            at += 12 + length
            so_far = self._parts.setdefault(key, b"")
            if so_far is None or offset > len(so_far) or len(part) != length:  # sent again, or its turn comes later
                continue
            so_far += part[len(so_far) - offset:]
            self._parts[key] = so_far
            if len(so_far) != total:
                continue
            self._parts[key] = None
            self.sent.append(Sent(frame, sender, HANDSHAKE, version, bytes([kind]) + total.to_bytes(3, "big") + so_far))
            if kind == SERVER_HELLO:
                self.version = VERSIONS.get(int.from_bytes(so_far[:2], "big"))

    def _protected_datagram_record(self, frame, sender, fields):
        value = {key: text for key, text in fields if isinstance(text, str)}
        if value.get("dtls.record.epoch", "0") == "0":
            return
        content_type = int(value.get("dtls.record.content_type", "0"))
        for key, raw in fields:
            data = bytes.fromhex(raw[0]) if key in ("dtls.handshake_raw", "dtls.alert_message_raw") else b""
            if content_type == ALERT and len(data) == 2 and data[0] in (1, 2):  # else tshark took ciphertext for it
                self.sent.append(Sent(frame, sender, ALERT, int(value["dtls.record.version"], 16), data))
            elif data and not (content_type == HANDSHAKE and len(data) == 12 + int.from_bytes(data[1:4], "big")):
                self.opaque.append((frame, sender))


def hello_extensions(message):
    """Extension number to data, of a ServerHello or EncryptedExtensions."""
    body, at = message.body, 0
    if message.handshake_type == SERVER_HELLO:
        at = 34 + 1 + body[34] + 3
    found, at = {}, at + 2
    while at + 4 <= len(body):
        number, length = int.from_bytes(body[at:at + 2], "big"), int.from_bytes(body[at + 2:at + 4], "big")
        found[number] = body[at + 4:at + 4 + length]
        at += 4 + length
    return found


def _tshark(path, ports):
    options = ["-o", "tcp.relative_sequence_numbers:TRUE"]
    for port in ports:
        options += ["-d", f"tcp.port=={port},tls"]
    options += ["-Y", "tcp or dtls", "-T", "json", "-x", "-J", "frame tcp tls udp dtls"]
    done = subprocess.run(["tshark", "-n", "-r", path, *options], capture_output=True, stdin=subprocess.DEVNULL,
                          check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        said = [line for line in done.stderr.decode(errors="replace").splitlines()
                if line and not line.startswith("Running as user")]
        raise Damaged("; ".join(said) or f"tshark ended with status {done.returncode}")
    packets = json.loads(done.stdout or b"[]", object_pairs_hook=list)
    return [dict(dict(packet)["_source"])["layers"] for packet in packets]


def read(path):
    """The connections of a capture in order of appearance. Raises Damaged, OSError."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Damaged("empty file")
    if size > MAX_SIZE:
        raise Damaged(f"{size} bytes, more than the {MAX_SIZE} that a recorded handshake may have")
    packets = _tshark(path, [])
    others = {tcp["tcp.dstport"] for tcp in map(_tcp, packets) if tcp and _is_syn(tcp)} - {str(TLS_PORT)}
    if others:
        packets = _tshark(path, sorted(others))
    connections, servers = {}, {}
    for layers in packets:
        about = _fields(layers, "frame")
        frame, time = int(about["frame.number"]), float(about["frame.time_epoch"])
        if any(name == "udp" for name, _ in layers):
            _read_datagram(frame, time, layers, connections, servers)
        else:
            _read_segment(frame, time, layers, connections, servers)
    return [connection for connection in connections.values() if any(connection.stream.values())]


def _read_segment(frame, time, layers, connections, servers):
    tcp = _tcp(layers)
    number = tcp["tcp.stream"]
    if _is_syn(tcp):
        servers[number] = tcp["tcp.dstport"]
    if number not in servers:
        raise Damaged(f"frame {frame}: the connection's first segment is not in the capture")
    connection = connections.setdefault(number, Connection(time))
    sender = "server" if tcp["tcp.srcport"] == servers[number] else "client"
    payload = bytes.fromhex(tcp.get("tcp.payload", "").replace(":", ""))
    if payload and not connection.segment(frame, sender, int(tcp["tcp.seq"]), payload):
        raise Damaged(f"frame {frame}: segments before it are missing")
    for name, fields in layers:
        if name == "tls":
            for key, record in fields:
                if key == "tls.record":
                    connection.record(frame, sender, record)


def _read_datagram(frame, time, layers, connections, servers):
    udp = _fields(layers, "udp")
    number = "udp " + udp["udp.stream"]
    servers.setdefault(number, udp["udp.dstport"])  # the client speaks first
    connection = connections.setdefault(number, Connection(time))
    sender = "server" if udp["udp.srcport"] == servers[number] else "client"
    connection.datagram(frame, sender, bytes.fromhex(udp["udp.payload"].replace(":", "")), layers)


def comments(path):
    """The capture's own account of itself: the "key: value" comments that `record` put in."""
    done = subprocess.run(["capinfos", "-k", path], capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL)
    found = {}
    for line in done.stdout.splitlines():
        label, _, comment = line.partition(":")
        if label == "Capture comment" and ": " in comment:
            key, _, value = comment.strip().partition(": ")
            found[key] = value
    return found


def _fields(layers, name):
    found = {}
    for layer, fields in layers:
        if layer == name:
            _flatten(fields, found)
            break
    return found


def _flatten(fields, found):
    for key, value in fields:
        if isinstance(value, str):
            found.setdefault(key, value)
        elif value and isinstance(value[0], tuple):
            _flatten(value, found)


def _tcp(layers):
    return _fields(layers, "tcp")


def _is_syn(tcp):
    return tcp["tcp.flags.syn"] in ("1", "True") and tcp["tcp.flags.ack"] in ("0", "False")

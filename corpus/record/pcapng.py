"""Blocks of a pcapng (draft-ietf-opsawg-pcapng §4): what it says about the machine it was recorded on, taken out, and a
key log, put in."""

import struct

SECTION_HEADER, INTERFACE = 0x0A0D0D0A, 1
OPTIONS_AT = {SECTION_HEADER: 24, INTERFACE: 16}  # where the options of a block begin
MACHINE = {SECTION_HEADER: {2: "hardware", 3: "operating system"}, INTERFACE: {12: "operating system of the interface"}}
LITTLE_ENDIAN_MAGIC, BIG_ENDIAN_MAGIC = b"\x4D\x3C\x2B\x1A", b"\x1A\x2B\x3C\x4D"

NAME_RESOLUTION, SECRETS, TLS_KEY_LOG = 4, 10, 0x544C534B


def is_pcapng(data):
    return data[:4] == SECTION_HEADER.to_bytes(4, "big") and data[8:12] in (LITTLE_ENDIAN_MAGIC, BIG_ENDIAN_MAGIC)


def with_key_log(data, log):
    """The same capture with a key log inside, before the first packet. Raises ValueError."""
    order = "<" if data[8:12] == LITTLE_ENDIAN_MAGIC else ">"
    end = struct.unpack_from(order + "I", data, 4)[0]
    if not is_pcapng(data) or end > len(data):
        raise ValueError("not a whole pcapng")
    body = struct.pack(order + "II", TLS_KEY_LOG, len(log)) + log + bytes(-len(log) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    header = data[:16] + b"\xFF" * 8 + data[24:end]  # the length of the section has changed and need not be told
    return header + struct.pack(order + "I", SECRETS) + length + body + length + data[end:]


def _blocks(data):
    """(byte order, type, block) of each block. Raises ValueError."""
    at, order = 0, None
    while at < len(data):
        if data[at:at + 4] == b"\x0A\x0D\x0D\x0A":
            order = {LITTLE_ENDIAN_MAGIC: "<", BIG_ENDIAN_MAGIC: ">"}.get(data[at + 8:at + 12])
        if order is None or len(data) - at < 12:
            raise ValueError(f"not a pcapng at byte {at}")
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or length % 4 != 0 or length > len(data) - at:
            raise ValueError(f"a block of {length} bytes at byte {at}")
        yield order, kind, data[at:at + length]
        at += length


def without_machine(data):
    """The same capture without the options that name processor and kernel. Raises ValueError."""
    return b"".join(_without(block, kind, order) if kind in MACHINE else block for order, kind, block in _blocks(data))


def machine(data):
    """What without_machine() takes out, each as "hardware 'x86_64'". Raises ValueError."""
    found = []
    for order, kind, block in _blocks(data):
        for code, value, _ in _options(block, kind, order) if kind in MACHINE else ():
            if code in MACHINE[kind]:
                found.append(f"{MACHINE[kind][code]} {value.decode(errors='replace')!r}")
    return list(dict.fromkeys(found))


def names_hosts(data):
    """Whether a capture holds names that addresses were resolved to. Raises ValueError."""
    return any(kind == NAME_RESOLUTION for _, kind, _ in _blocks(data))


def _options(block, kind, order):
    """(code, value, whole option) of each option."""
    at, end = OPTIONS_AT[kind], len(block) - 4
    while at + 4 <= end:
        code, length = struct.unpack_from(order + "HH", block, at)
        size = 4 + (length + 3) // 4 * 4
        yield code, block[at + 4:at + 4 + length], block[at:at + size]
        at += size
    if at != end:
        raise ValueError("an option is longer than its block")


def _without(block, kind, order):
    kept = [option for code, _, option in _options(block, kind, order) if code not in MACHINE[kind]]
    body = block[8:OPTIONS_AT[kind]] + b"".join(kept)
    if len(body) + 12 == len(block):
        return block
    if kind == SECTION_HEADER:
        body = body[:8] + b"\xFF" * 8 + body[16:]  # the length of the section has changed and need not be told
    length = struct.pack(order + "I", len(body) + 12)
    return block[:4] + length + body + length

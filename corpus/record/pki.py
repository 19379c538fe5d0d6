"""The certificates that the recorded handshakes use, made on the spot with openssl.

Everything lands in one folder: NAME.key, NAME.pem, NAME.chain.pem for each row of the two tables below. The folder is
thrown away after recording; only what crossed the wire is kept.
"""

import copy
import os
import subprocess
from typing import NamedTuple

PAST, START, END, LATE, FUTURE = ("20200101000000Z", "20250101000000Z", "20491231235959Z", "20991231235959Z",
                                  "20900101000000Z")

# alone, or where the string needs it: the types of string in a name (openssl's ASN1_STRING_TABLE)
BMP, T61, UNIVERSAL = "MASK:0x800", "MASK:0x4", "MASK:0x100"


class Cert(NamedTuple):
    key: str  # of KEYS, or =NAME for the key of a row above
    subject: str
    issuer: str  # a row above, or the row itself
    extensions: str = "client"
    start: str = START
    end: str = END
    strings: str = "utf8only"  # what openssl makes the name's strings: string_mask of its configuration


KEYS = {
    "rsa": "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "rsa-pss": "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
    "p256": "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "p384": "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "p521": "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
    "ed25519": "-algorithm ED25519",
    "ed448": "-algorithm ED448",
}

CERTS = {
    # authorities
    "root": Cert("rsa", "/O=cauth/CN=cauth test root", "root", "ca", end=LATE),
    "inter": Cert("p256", "/O=cauth/CN=cauth test intermediate", "root", "ca"),
    "inter2": Cert("p256", "/O=cauth/CN=cauth test intermediate 2", "inter", "ca"),
    "ca-p256": Cert("p256", "/O=cauth/CN=cauth test root P-256", "ca-p256", "ca"),
    "ca-ed25519": Cert("ed25519", "/O=cauth/CN=cauth test root Ed25519", "ca-ed25519", "ca"),
    "ca-utf8": Cert("p256", "/C=CH/O=Zürcher Prüfstelle/CN=试验根 № 1", "ca-utf8", "ca"),
    "ca-multi": Cert("p256", "/O=cauth/OU=tests+OU=more tests+L=Bern/CN=cauth multi", "ca-multi", "ca"),
    "ca-dc": Cert("p256", "/DC=org/DC=example/CN=directory root/emailAddress=ca@example.org", "ca-dc", "ca"),
    "inter3": Cert("rsa", "/O=cauth/CN=cauth test intermediate 3", "inter2", "ca"),
    # one intermediate, by name and key, under an old root and under the new one that takes its place
    "root-old": Cert("rsa", "/O=cauth/CN=cauth root of old", "root-old", "ca"),
    "root-new": Cert("p256", "/O=cauth/CN=cauth root to come", "root-new", "ca"),
    "moved-old": Cert("p256", "/O=cauth/CN=cauth intermediate that moves", "root-old", "ca"),
    "moved-new": Cert("=moved-old", "/O=cauth/CN=cauth intermediate that moves", "root-new", "ca"),
    "ca-bmp": Cert("p256", "/C=CH/O=Zürcher Prüfstelle/CN=试验根", "ca-bmp", "ca", strings=BMP),
    "ca-t61": Cert("p256", "/C=CH/O=Zürcher Prüfstelle/CN=Gérard", "ca-t61", "ca", strings=T61),
    "ca-universal": Cert("p256", "/C=GR/CN=Δοκιμή", "ca-universal", "ca", strings=UNIVERSAL),
    "ca-escapes": Cert("p256", '/O= #a,b;c"d<e>/CN=back\\\\slash=plus\\+ ', "ca-escapes", "ca"),
    # servers
    "server-rsa": Cert("rsa", "/CN=localhost", "root", "server"),
    "server-p256": Cert("p256", "/CN=localhost", "ca-p256", "server"),
    "server-ed25519": Cert("ed25519", "/CN=localhost", "ca-ed25519", "server"),
    "server-expired": Cert("p256", "/CN=localhost", "root", "server", PAST, START),
    # clients
    "rsa": Cert("rsa", "/O=cauth/CN=client RSA", "root"),
    "rsa-pss": Cert("rsa-pss", "/O=cauth/CN=client RSA-PSS", "root"),
    "p256": Cert("p256", "/O=cauth/CN=client P-256", "root"),
    "p384": Cert("p384", "/O=cauth/CN=client P-384", "root"),
    "p521": Cert("p521", "/O=cauth/CN=client P-521", "root"),
    "ed25519": Cert("ed25519", "/O=cauth/CN=client Ed25519", "root"),
    "ed448": Cert("ed448", "/O=cauth/CN=client Ed448", "root"),
    "ed25519-all": Cert("ed25519", "/O=cauth/CN=client all Ed25519", "ca-ed25519"),
    "chain2": Cert("rsa", "/O=cauth/CN=client under one intermediate", "inter"),
    "chain3": Cert("p256", "/O=cauth/CN=client under two intermediates", "inter2"),
    "chain4": Cert("rsa", "/O=cauth/CN=client under three intermediates", "inter3"),
    "migrant": Cert("p256", "/O=cauth/CN=client of the moved authority", "moved-old"),
    "bmp": Cert("p256", "/C=GR/O=Δοκιμή/CN=Zoë Ñandú", "root", strings=BMP),
    "t61": Cert("p256", "/O=Élan/CN=Zoë Ñandú", "root", strings=T61),
    "universal": Cert("p256", "/O=Δοκιμή/CN=Zoë", "root", strings=UNIVERSAL),
    "wrong-ca": Cert("rsa", "/O=cauth/CN=client of another authority", "ca-p256"),
    "self-signed": Cert("p256", "/O=cauth/CN=client of no authority", "self-signed"),
    "expired": Cert("rsa", "/O=cauth/CN=client expired", "root", "client", PAST, START),
    "not-yet": Cert("rsa", "/O=cauth/CN=client not yet valid", "root", "client", FUTURE, LATE),
    "revoked": Cert("p256", "/O=cauth/CN=client revoked", "root"),
    "purpose": Cert("p256", "/O=cauth/CN=client with a server's certificate", "root", "server"),
    "v1": Cert("p256", "/O=cauth/CN=client with version 1", "root", ""),
    "utf8": Cert("p256", "/C=GR/O=Δοκιμή/CN=Zoë Ñandú", "root"),
    "multi": Cert("p256", "/O=cauth/CN=client+serialNumber=42", "root"),
    "no-subject": Cert("p256", "/", "root", "client_by_name"),
}

MANY = 150  # authorities in many.pem
HUGE = 450  # in huge.pem: a message over several records
LONG = 250  # in long.pem, whose names fill nearly the 65535 bytes that a list can have
BUNDLE = "/usr/share/ca-certificates/mozilla"  # a real list: bundle.pem, where the package ca-certificates is there

CONFIG = """
[req]
distinguished_name = none
string_mask = $ENV::STRINGS
[none]
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client_by_name]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
subjectAltName = critical, email:nobody@example.org
[authority]
dir = .
database = ./index
rand_serial = yes
new_certs_dir = ./issued
unique_subject = no
default_md = sha256
default_crl_days = 9000
policy = any
"""


class Pki:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(os.path.join(folder, "issued"))
        self._write("config", CONFIG)
        self._write("index", "")
        for name, cert in CERTS.items():
            self._make(name, cert)
        self._authority_lists()
        self._status()

    def moved_to(self, folder):
        """The same certificates, copied to another folder."""
        copied = copy.copy(self)
        copied.folder = folder
        return copied

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def _run(self, *command, strings="utf8only"):
        environment = {**os.environ, "OPENSSL_CONF": "config", "STRINGS": strings}
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, env=environment, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")

    def _openssl(self, *arguments, strings="utf8only"):
        self._run("openssl", *arguments, strings=strings)

    def _make(self, name, cert):
        if cert.key.startswith("="):
            self._write(f"{name}.key", self._read(f"{cert.key[1:]}.key"))
        else:
            self._openssl("genpkey", *KEYS[cert.key].split(), "-out", f"{name}.key")
        self._openssl("req", "-new", "-utf8", "-key", f"{name}.key", "-subj", cert.subject, "-out", f"{name}.csr",
                      strings=cert.strings)
        issuer = ["-selfsign"] if cert.issuer == name else ["-cert", f"{cert.issuer}.pem"]
        # the edwards curves sign without a digest of their own choosing
        digest = "default" if CERTS[cert.issuer].key.startswith("ed") else "sha256"
        extensions = ["-extensions", cert.extensions] if cert.extensions else []
        self._openssl("ca", "-batch", "-notext", "-preserveDN", "-utf8", "-config", "config", "-name", "authority",
                      "-md", digest, *issuer, "-keyfile", f"{cert.issuer}.key", *extensions, "-startdate", cert.start,
                      "-enddate", cert.end, "-in", f"{name}.csr", "-out", f"{name}.pem", strings=cert.strings)
        above, at = "", cert.issuer
        while CERTS[at].issuer != at:  # roots stay at home
            above += self._read(f"{at}.pem")
            at = CERTS[at].issuer
        self._write(f"{name}.chain.pem", above)

    def _authority_lists(self):
        several = ("root", "ca-p256", "ca-ed25519", "ca-utf8", "ca-multi", "ca-dc", "ca-escapes")
        self._list("several.pem", several)
        self._list("strings.pem", ("root", "ca-bmp", "ca-t61", "ca-universal", "ca-utf8"))
        self._list("both-roots.pem", ("root", "root-old", "root-new"))
        numbered = [self._numbered(f"/C=XX/O=Authority {number:03}/CN=cauth numbered root {number}")
                    for number in range(HUGE - 1)]
        root = self._read("root.pem")
        self._write("many.pem", root + "".join(numbered[:MANY]))
        self._write("huge.pem", root + "".join(numbered))
        # 258 bytes each in the list
        self._write("long.pem", root + "".join(self._numbered(
            f"/C=XX/O=Authority {number:03} {'o' * 46}/OU={'u' * 60}/L={'l' * 60}/CN={'c' * 16}") for number in range(LONG)))
        self._write("bundle.pem", root + "".join(self._bundled()))

    def _list(self, file, names):
        self._write(file, "".join(self._read(f"{name}.pem") for name in names))

    def _numbered(self, subject):
        """One of many authorities that share a key, since only their names matter."""
        self._openssl("req", "-x509", "-new", "-key", "ca-p256.key", "-days", "9000", "-out", "one.pem", "-subj", subject)
        return self._read("one.pem")

    @staticmethod
    def _bundled():
        for name in sorted(os.listdir(BUNDLE)) if os.path.isdir(BUNDLE) else []:
            with open(os.path.join(BUNDLE, name), encoding="ascii") as file:
                yield file.read()

    def _status(self):
        """A revocation list that names `revoked`, and OCSP responses that call server-rsa and p256 good."""
        by_root = ["-config", "config", "-name", "authority", "-cert", "root.pem", "-keyfile", "root.key"]
        self._openssl("ca", *by_root, "-revoke", "revoked.pem")
        self._openssl("ca", *by_root, "-gencrl", "-out", "root.crl")
        self._write("moved-both.pem", self._read("moved-old.pem") + self._read("moved-new.pem"))
        for name, file in (("server-rsa", "ocsp.der"), ("p256", "ocsp-p256.der")):
            self._openssl("ocsp", "-index", "index", "-rsigner", "root.pem", "-rkey", "root.key", "-CA", "root.pem",
                          "-issuer", "root.pem", "-cert", f"{name}.pem", "-ndays", "9000", "-respout", file)

    def is_direct(self, name):
        """Whether a root issued this row of CERTS, so that there is no chain to send."""
        return not self._read(f"{name}.chain.pem")

    def bundle(self, name):
        """A file with the certificate and the intermediates above it."""
        self._write(f"{name}.bundle.pem", self._read(f"{name}.pem") + self._read(f"{name}.chain.pem"))
        return f"{name}.bundle.pem"

    def public_key(self, name):
        """A file with the bare public key."""
        self._openssl("pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
        return f"{name}.pub"

    def database(self, name):
        """An NSS database that trusts the root and holds this row of CERTS; just the root for None."""
        folder = f"nss-{name}"
        if os.path.isdir(os.path.join(self.folder, folder)):
            return folder
        os.mkdir(os.path.join(self.folder, folder))
        self._run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
        self._run("certutil", "-A", "-d", f"sql:{folder}", "-n", "root", "-t", "CT,CT,CT", "-i", "root.pem")
        if name is not None:
            chain = [] if self.is_direct(name) else ["-certfile", f"{name}.chain.pem"]
            self._openssl("pkcs12", "-export", "-in", f"{name}.pem", "-inkey", f"{name}.key", "-name", name, *chain,
                          "-passout", "pass:cauth", "-out", f"{name}.p12")
            self._run("pk12util", "-i", f"{name}.p12", "-d", f"sql:{folder}", "-W", "cauth")
        return folder

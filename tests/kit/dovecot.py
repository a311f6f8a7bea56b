"""A real Dovecot for tests: Debian's, as an instance of its own on a folder of its own, with any user and one password."""

import grp
import os
import pwd
import shutil
import ssl
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imapclient import IMAPClient

from deploy import parts

PASSWORD = "right-password"
INSTALL = "apt-get install -y --no-install-recommends dovecot-imapd"
START_TIMEOUT = 20.0


@dataclass(frozen=True)
class Certificate:
    """What a server shows, and the authority that vouches for it."""

    chain: Path
    key: Path


class Dovecot:
    """One server on 127.0.0.1. `idles=False` makes it one that cannot tell by itself of new mail."""

    def __init__(self, idles: bool = True, certificate: Certificate | None = None) -> None:
        program = shutil.which("dovecot", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
        if program is None:
            raise AssertionError(f"the tests of e-mail need Dovecot, which is not here: {INSTALL}")
        self.port, self.tls_port = parts.free_port(), parts.free_port()
        self.folder = Path(mkdtemp(prefix="dovecot-"))  # not pytest's: Dovecot's own users have to get in
        self.folder.chmod(0o755)
        (self.folder / "mail").mkdir()
        shutil.chown(self.folder / "mail", *_owner())
        config = self.folder / "dovecot.conf"
        config.write_text(self._config(idles, certificate))
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._wait_ready()

    def discard(self) -> None:
        """End it and everything it kept."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def login(self, user: str) -> IMAPClient:
        """A client with the user's inbox open, to play the mail server that delivers and the person who looks."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        client.select_folder("INBOX")
        return client

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while parts.port_is_free(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self.folder / "log"
                raise AssertionError(f"Dovecot does not start: {log.read_text()[-2000:] if log.exists() else 'it says nothing'}")
            time.sleep(0.02)

    def _config(self, idles: bool, certificate: Certificate | None) -> str:
        owner, group = _owner()
        root = os.getuid() == 0
        mine = pwd.getpwuid(os.getuid()).pw_name
        tls = f"ssl = yes\nssl_cert = <{certificate.chain}\nssl_key = <{certificate.key}" if certificate else "ssl = no"
        return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
default_internal_user = {"dovecot" if root else mine}
default_login_user = {"dovenull" if root else mine}
default_internal_group = {"dovecot" if root else grp.getgrgid(os.getgid()).gr_name}
mail_location = maildir:{self.folder}/mail/%u
mailbox_idle_check_interval = 1 secs
disable_plaintext_auth = no
auth_mechanisms = plain login
{tls}
{"" if idles else "imap_capability = IMAP4rev1 UIDPLUS LITERAL+"}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={self.folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port if certificate else 0}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


def shown(certificate: Certificate) -> ssl.SSLContext:
    """What another server needs to show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context


def self_signed(folder: Path) -> Certificate:
    """A certificate for `localhost` that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = Certificate(folder / "chain.pem", folder / "key.pem")
    certificate.chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    certificate.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate


def _owner() -> tuple[str, str]:
    """Who owns the mails: Dovecot refuses that to root."""
    uid = os.getuid() or pwd.getpwnam("nobody").pw_uid
    user = pwd.getpwuid(uid)
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name

"""A real Dovecot on the loopback, with one mailbox in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from imaplib import IMAP4
from pathlib import Path

import pytest

DOVECOT = "/usr/sbin/dovecot"
USER, PASSWORD = "larm@norrmalm.example", "hemligt-ord"
_CONFIGURATION = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
mail_location = maildir:{folder}/mail
disable_plaintext_auth = no
ssl = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 0
mail_uid = {user}
mail_gid = {group}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
"""


@dataclass
class Mailbox:
    """A mailbox on a running server."""

    port: int
    folder: Path

    def put(self, message: EmailMessage, folder: str = "INBOX") -> None:
        """Let a mail arrive."""
        with self._line() as line:
            line.append(folder, "", "", message.as_bytes())

    def renew(self) -> None:
        """Make the mailbox anew, with another UIDVALIDITY, and its mails with it."""
        with self._line() as line:
            line.select("INBOX")
            _, data = line.uid("FETCH", "1:*", "(RFC822)")
        held = [part[1] for part in data if isinstance(part, tuple)]
        shutil.rmtree(self.folder / "mail")
        time.sleep(1.1)  # UIDVALIDITY is a time in whole seconds
        with self._line() as line:
            for content in held:
                line.append("INBOX", "", "", content)

    def unseen(self) -> int:
        """Return how many mails nobody has marked as read."""
        with self._line() as line:
            line.select("INBOX", readonly=True)
            return len(line.search(None, "UNSEEN")[1][0].split())

    @contextmanager
    def _line(self) -> Iterator[IMAP4]:
        line = IMAP4("127.0.0.1", self.port)
        line.login(USER, PASSWORD)
        try:
            yield line
        finally:
            line.logout()


@contextmanager
def running_dovecot() -> Iterator[Mailbox]:
    """Run a server until the block ends, or skip where there is none."""
    if not os.access(DOVECOT, os.X_OK):
        pytest.skip("Dovecot is not installed (Debian package dovecot-imapd)")
    user = pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    shutil.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o755)
    port = _free_port()
    configuration = folder / "dovecot.conf"
    group = _group_name(user.pw_gid)
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, user=user.pw_name, group=group, port=port, password=PASSWORD
        )
    )
    server = subprocess.Popen([DOVECOT, "-F", "-c", str(configuration)])
    try:
        _wait_for(port, server, folder)
        yield Mailbox(port, folder)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _group_name(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            IMAP4("127.0.0.1", port).shutdown()
            return
        except (OSError, IMAP4.error):
            time.sleep(0.05)
    log = folder / "log"
    raise AssertionError(log.read_text() if log.exists() else "Dovecot did not start")

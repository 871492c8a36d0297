"""A real OpenSSH server for tests, as a child of the test's own process: nothing is installed, nothing is left behind.

Run by root it would want accounts of the machine; then it runs as another user, who is the only one it lets in.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import asyncssh

DEADLINE = 10.0  # seconds
#: A registry file whose one endpoint has its folder on a server.
REGISTRY = """
institutions:
  anofm: {{name: Employment agency}}
endpoints:
  vacancies:
    institution: anofm
    direction: in
    adapter: flat
    service: lists
    contract: {{rows: partners/anofm/monthly.rows.yaml}}
    poll: {{every: 1 min}}
    {where}
    settings: {{host_key: {key}}}
access:
  anofm-lists: {{institution: anofm, service: lists, purposes: [labour-market], fixed_purpose: labour-market}}
"""
CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
HostKey {folder}/second
AuthorizedKeysFile {folder}/authorised
PidFile none
UsePAM yes
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


class Sshd:
    """A server of its own on a free port; may be killed and started again.

    Attributes:
        files: the folder that it offers.
        key: file of the private key that it lets in.
        host_key: fingerprint of its own, and ``public_host_key`` itself; ``second_host_key`` of another.
    """

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sshd-"))
        self.folder.chmod(0o755)
        self.files = self.folder / "files"
        self.key = self.folder / "key"
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        host, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        self.host_key = host.get_fingerprint()
        self.public_host_key = host.export_public_key().decode().strip()
        second = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
        self.second_host_key = second.get_fingerprint()
        self._write("second", second.export_private_key())
        self._write("host", host.export_private_key())
        self._write("authorised", key.export_public_key())
        self.key.write_bytes(key.export_private_key())
        self.key.chmod(0o600)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (self.folder / "config").write_text(CONFIG.format(port=self.port, folder=self.folder))
        # Its name is what it asks PAM about; of the name sshd, that would make the machine's greeting anew each time.
        (self.folder / "quiet").symlink_to(shutil.which("sshd"))
        self.empty()

    @property
    def url(self):
        """Address of the folder."""
        return f"sftp://127.0.0.1:{self.port}{self.files}"

    @property
    def registered(self):
        """What the registry says of where the folder is, and who the hub is there."""
        who = f"{{kind: ssh-key, user: {self.user.pw_name}, secret: {{file: {self.key}}}}}"
        return f"url: {self.url}\n    credentials: {who}"

    def empty(self):
        """Offer an empty folder."""
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir()
        os.chown(self.files, self.user.pw_uid, self.user.pw_gid)

    def start(self):
        """Start it and wait until it answers."""
        command = [str(self.folder / "quiet"), "-D", "-e", "-f", str(self.folder / "config")]
        other = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **other)
        deadline = time.monotonic() + DEADLINE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as line:
                if line.recv(4) == b"SSH-":
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.01)

    def kill(self):
        """Kill it and every connection at once, as a crash would."""
        for number in [*_below(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait()

    def freeze(self):
        """Stop it and every connection where they stand; no connection breaks."""
        for number in [self.process.pid, *_below(self.process.pid)]:
            os.kill(number, signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        for number in [self.process.pid, *_below(self.process.pid)]:
            os.kill(number, signal.SIGCONT)

    def log(self):
        """Return what it said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def close(self):
        """End it, and leave nothing."""
        self.kill()
        shutil.rmtree(self.folder)

    def _write(self, name, body):
        path = self.folder / name
        path.write_bytes(body)
        path.chmod(0o600)
        os.chown(path, self.user.pw_uid, self.user.pw_gid)


def _below(number):
    """Return the processes that a process began, and those that they began."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == number:
                found.append(int(path.parent.name))
    return [one for child in found for one in (*_below(child), child)]


@contextlib.contextmanager
def serving():
    """Run a server."""
    server = Sshd()
    server.start()
    try:
        yield server
    finally:
        server.close()

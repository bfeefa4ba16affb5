"""Starts the suite as a stranger would, by its own binary, and reads what it says about itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from reflection_client import Service

PATIENCE_SECONDS = 180


class Suite:
    """The addresses, people and customers that `salient up` names."""

    def __init__(self, ready: dict):
        self.ready = ready

    def service(self, name: str, full_name: str) -> Service:
        address = self.ready["addresses"][name].removeprefix("http://")
        return Service(address, full_name)

    def person(self, post: str, region_code: str | None = None) -> dict:
        for person in self.ready["people"]:
            if person["post"] == post and region_code in (None, person["region_code"]):
                return person
        raise LookupError(f"nobody is {post} in {region_code}")


@pytest.fixture(scope="session")
def data_dir():
    with tempfile.TemporaryDirectory(prefix="salient-") as folder:
        # Root's PostgreSQL runs as another user, who has to pass through.
        os.chmod(folder, 0o711)
        yield Path(folder) / "data"


@pytest.fixture(scope="session")
def suite(data_dir: Path, tmp_path_factory):
    ready_file = tmp_path_factory.mktemp("ready") / "ready.json"
    command = [os.environ["SALIENT_BINARY"], "up", "--data-dir", str(data_dir), "--ports-from", "0"]
    process = subprocess.Popen([*command, "--ready-file", str(ready_file)])
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not ready_file.exists():
            assert process.poll() is None, "salient up ended"
            assert time.monotonic() < until, "salient up never got ready"
            time.sleep(0.1)
        yield Suite(json.loads(ready_file.read_text()))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0, "a clean stop"

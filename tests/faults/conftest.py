# SPDX-License-Identifier: Apache-2.0
"""The database server as something that stops, hangs and dies."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

import service as services


class Cluster:
    """The private cluster of this run; see tests/cluster."""

    def __init__(self):
        data, sockets = pathlib.Path(os.environ["CLUSTER"], "cluster").read_text().splitlines()
        self.data, self.sockets = pathlib.Path(data), pathlib.Path(sockets)

    def postmaster(self):
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return None

    def processes(self):
        postmaster = self.postmaster()
        children = subprocess.run(["pgrep", "-P", str(postmaster)], stdout=subprocess.PIPE, text=True).stdout.split()
        return [postmaster, *map(int, children)]

    def signal_all(self, number):
        for process in self.processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass

    def stop(self, how=signal.SIGINT):
        """SIGINT is a fast shutdown, SIGQUIT an immediate one."""
        process = self.postmaster()
        os.kill(process, how)
        eventually(lambda: not running(process))

    def kill(self):
        """All of it at once, as when the machine goes."""
        processes = self.processes()
        self.signal_all(signal.SIGKILL)
        eventually(lambda: not any(running(process) for process in processes))
        # A dead process that its parent has not seen yet is alive to pg_ctl; after a machine's end there is none.
        (self.data / "postmaster.pid").unlink()
        (self.sockets / ".s.PGSQL.5432.lock").unlink()

    def start(self):
        services.cluster("start", *os.environ["CLUSTER_SETTINGS"].split())

    def freeze(self):
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)


def running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(condition, seconds=20):
    """Waits until it holds; how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come about"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture(name="eventually")
def eventually_fixture():
    return eventually


@pytest.fixture
def cluster():
    """The database server; runs again after the test, whatever the test did."""
    one = Cluster()
    yield one
    if one.postmaster() and running(one.postmaster()):
        one.thaw()
    else:
        one.start()

# SPDX-License-Identifier: Apache-2.0
"""Runs a command beside a service of its own: beside_service.py DIRECTORY [--world] COMMAND…

The command finds the settings of the service in its environment, so that `cohelm token` there makes tokens for it, and COHELM_URL. With --world
an organisation with everything in it is made first, and DIRECTORY/world is what world_files.py writes of it.
Ends with the exit code of the command; with 1 also if the service did not end cleanly, or answered with a fault of its own."""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "api"))

import service as services  # noqa: E402
import world_files  # noqa: E402


def faults(log):
    """Log lines of requests that the service failed, and of whatever else it calls an error."""
    return [line for line in log.splitlines() if re.search(r" status=5(00|03|04) | level=error ", line)]


def carried_out(log):
    """Operations that answered with success at least once."""
    return set(re.findall(r" operation=(\w+) status=2\d\d ", log))


def main(directory, *command):
    world = command[0] == "--world"
    command = command[world:]
    database = services.Database()
    service = services.Service(directory, database.service_url, COHELM_PUBLIC_URL=None, COHELM_RATE_LIMIT="1000000000")
    service.environment["COHELM_PUBLIC_URL"] = service.public_url = service.url
    try:
        service.start()
        if world:
            world_files.write(service, pathlib.Path(directory, "world"))
        made = len(service.log())  # what the world took is no merit of the command
        status = subprocess.run(command, env=os.environ | service.environment | {"COHELM_URL": service.url},
                                stdin=subprocess.DEVNULL, check=False).returncode
    finally:
        try:
            service.close()
        finally:
            database.drop()
    if world:
        known = {operation.id for operation in service.contract.operations}
        missed = sorted(known - carried_out(service.log()[made:]))
        print(f"{len(known) - len(missed)} of {len(known)} operations were carried out; never: {', '.join(missed) or 'none'}")
    failed = faults(service.log())
    for line in failed[:20]:
        print(f"the service said: {line[:1000]}")
    return status or bool(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""Writes files as const tables of service/asset.h, so that the binary needs nothing beside it.

usage: embed.py OUT NAME=FOLDER …      (OUT/assets.gen.c gets NAME_assets and NAME_asset_count of each)
"""
import hashlib
import sys
from pathlib import Path


def table(name, folder):
    files = sorted(p for p in Path(folder).glob("*") if p.is_file() and not p.name.startswith("."))
    lines = []
    for i, path in enumerate(files):
        data = path.read_bytes()
        lines.append(f"static const char {name}_{i}[] = {{")
        for at in range(0, len(data), 20):
            lines.append("    " + "".join(f"{b if b < 128 else b - 256}," for b in data[at:at + 20]))
        lines.append("    0};")
    lines.append(f"const struct asset {name}_assets[] = {{")
    for i, path in enumerate(files):
        data = path.read_bytes()
        lines.append(f'    {{"{path.name}", {name}_{i}, {len(data)}, "{hashlib.sha256(data).hexdigest()}"}},')
    if not files:
        lines.append("    {0, 0, 0, 0},")
    lines.append("};")
    lines.append(f"const size_t {name}_asset_count = {len(files)};")
    return lines


def main(out, *pairs):
    lines = ["/* Written by openapi/embed.py. */", '#include "asset.h"']
    for pair in pairs:
        lines += table(*pair.split("=", 1))
    Path(out, "assets.gen.c").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

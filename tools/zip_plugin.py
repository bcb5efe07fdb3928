"""Packs the built plugin for a Grafana of one's own: one folder, named as Grafana expects it, launchers executable.

The same bytes for the same files, so that a checksum can be told.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path
from typing import Final

_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can tell: when a file was built is nobody's business."""


def pack(dist: Path, folder: Path) -> Path:
    """Write ``<id>-<version>.zip`` into the folder and give its path. Raises FileNotFoundError if nothing is built."""
    told = json.loads((dist / "plugin.json").read_text(encoding="utf-8"))
    target = folder / f"{told['id']}-{told['info']['version']}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(one for one in dist.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(f"{told['id']}/{path.relative_to(dist).as_posix()}", _DAY)
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target


def main() -> None:
    """Pack, and say where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="folder of the built plugin")
    parser.add_argument("folder", type=Path, help="where the zip goes")
    options = parser.parse_args()
    print(pack(options.dist, options.folder))


if __name__ == "__main__":
    main()

"""Write the Python modules of Grafana's plugin protocol from our ``pluginv2.proto``.

Usage: ``python tools/generate_proto.py [folder]``; without a folder, beside the ``.proto`` itself.
The same grpcio-tools write the same bytes, and a test holds the committed modules to that.
"""

from __future__ import annotations

import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "plugin-backend" / "src"
PROTO = Path("airuntime_backend") / "grafana" / "pluginv2.proto"


def generate(target: Path) -> tuple[Path, ...]:
    """Write both modules below ``target`` and return their paths. Raises RuntimeError when protoc refuses."""
    from grpc_tools import protoc  # type: ignore[import-untyped] # noqa: PLC0415 - a build tool: nobody else needs it installed

    options = [f"--proto_path={SOURCE}", f"--python_out={target}", f"--grpc_python_out={target}", PROTO.as_posix()]
    if protoc.main(["protoc", *options]):
        raise RuntimeError(f"protoc refused {PROTO}: its message is above")
    stem = target / PROTO.with_suffix("")
    return tuple(stem.with_name(f"{stem.name}_{kind}.py") for kind in ("pb2", "pb2_grpc"))


if __name__ == "__main__":
    for written in generate(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE):
        print(written.name)

"""The Grafana backend plugin: a gRPC service that answers Grafana's protocol ``pluginv2``.

It holds no product logic: queries go to the one query implementation, everything else goes to the Flask app.
"""

from .server import Running, start

__all__ = ["Running", "start"]

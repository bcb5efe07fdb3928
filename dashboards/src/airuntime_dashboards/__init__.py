"""The dashboards of AI Runtime Intelligence, as code."""

"""Adapters: the ports, given by Prometheus, Context7, the file system and a database."""

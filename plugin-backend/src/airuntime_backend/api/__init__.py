"""The HTTP API: Flask blueprints and the data frames that queries answer in."""

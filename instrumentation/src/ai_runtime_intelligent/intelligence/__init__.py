"""The embedded loop: the flow fed by the process' own numbers, and changing the process' own tunables."""

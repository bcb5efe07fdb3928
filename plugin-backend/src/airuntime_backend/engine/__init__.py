"""The engine: analyse and propose, apply and undo, verify. It knows the ports and the flow, and nothing else."""

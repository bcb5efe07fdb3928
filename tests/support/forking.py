"""Programs that fork as servers do: with other threads under way, and a child that is killed when it hangs."""

from __future__ import annotations

from typing import Final

FORKED: Final = """
import os, signal, sys, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks with threads, which is the point here

def in_child(work):
    "Run work in a forked child and give what it returns as text; a child that hangs is killed."
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)
        try:
            os.write(writing, str(work()).encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    _, status = os.waitpid(pid, 0)
    return text if status == 0 else f"killed by {status}"

def held(*locks):
    "Let another thread hold these locks for good."
    ready = threading.Event()
    def hold():
        for lock in locks:
            lock.acquire()
        ready.set()
        threading.Event().wait()
    threading.Thread(target=hold, daemon=True).start()
    ready.wait()
"""
"""The beginning of such a program: ``in_child`` forks, ``held`` lets another thread hold locks for good."""

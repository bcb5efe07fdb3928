"""Documentation of what is installed: the very version, found by what it says, without importing anything."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest
from ai_runtime_intelligent.context7.installed import Libraries
from ai_runtime_intelligent.context7.local import LocalDocs

METADATA: Final = """Metadata-Version: 2.1
Name: acme-ledger
Version: {version}
Project-URL: Documentation, https://docs.acme.test/ledger
Project-URL: Chat, javascript:alert(1)
Description-Content-Type: text/markdown

# Ledger

Books entries for the shop, {version} being the present one.

## Retries

A posting that failed is repeated with an exponential pause; see `post(attempts=)`.

```sh
# this is no heading
```
"""
MODULE: Final = '''"""The ledger itself."""
raise RuntimeError("imported!")


class Ledger(Base):
    """Keeps postings in order, one shelf for each customer."""

    def __init__(self, path: str, *, capacity: int = 10) -> None: ...

    async def post(self, entry: Entry, attempts: int = 3) -> str:
        """Book an entry; \x1b[31mattempts says how often\u202e it is tried before it raises LedgerError."""

    def _hidden(self) -> None:
        """Nobody is told of postings in here, of an entry or of attempts."""
'''


def install(folder: Path, number: str) -> Path:
    """A private library in a folder of its own, which cannot be imported without an error."""
    package, info = folder / "acme_ledger", folder / f"acme_ledger-{number}.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text(MODULE, encoding="utf-8")
    (package / "broken.py").write_text("def (:\n", encoding="utf-8")
    (package / "tests").mkdir()
    (package / "tests" / "test_it.py").write_text('def post():\n    """attempts entry attempts entry, again."""\n')
    (info / "METADATA").write_text(METADATA.format(version=number), encoding="utf-8")
    files = ["acme_ledger/__init__.py", "acme_ledger/broken.py", "acme_ledger/tests/test_it.py"]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")
    return folder


@pytest.fixture
def docs(tmp_path: Path) -> Iterator[LocalDocs]:
    """The documentation of two environments, the newer one first."""
    folders = [install(tmp_path / number, number) for number in ("2.0", "1.0")]
    docs = LocalDocs(folders, tmp_path / "index")
    yield docs
    docs.close()


@pytest.mark.parametrize(
    ("library", "question", "title", "word"),
    [
        ("cachetools", "How long do entries of a TTLCache live?", "cachetools.TTLCache", "ttl"),
        ("tenacity", "wait exponentially with jitter", "tenacity.wait.wait_exponential_jitter", "jitter"),
        ("yaml", "load safely", "yaml.safe_load", "stream"),
        ("functools", "cached_property", "functools", ""),
    ],
)
def test_real_libraries_answer(tmp_path: Path, library: str, question: str, title: str, word: str) -> None:
    """By name or module, from docstring and signature, with the version that is installed."""
    docs = LocalDocs(index=tmp_path / "index")
    snippets = docs.find(library, "", question)
    docs.close()

    python = ".".join(map(str, sys.version_info[:3]))
    assert snippets[0].title.startswith(title)
    assert word in snippets[0].text
    assert snippets[0].version == (python if library == "functools" else version(library.replace("yaml", "PyYAML")))
    assert snippets[0].url.startswith("https://")


def test_a_private_library_answers_in_the_version_that_is_asked_for(docs: LocalDocs) -> None:
    """Where it is installed; else in the one that is, which the snippet says."""
    asked = {wanted: docs.find("acme-ledger", wanted, "What do postings keep?")[0] for wanted in ("1.0", "2.0", "3.0")}

    assert {wanted: one.version for wanted, one in asked.items()} == {"1.0": "1.0", "2.0": "2.0", "3.0": "2.0"}
    assert asked["1.0"].source == "installed:acme-ledger"
    assert asked["1.0"].id == "acme-ledger==1.0 acme_ledger.Ledger"
    assert asked["1.0"].text.startswith("class Ledger(Base): __init__(path: str, *, capacity: int = 10)")
    assert asked["1.0"].url == "https://docs.acme.test/ledger"


def test_nothing_is_imported(docs: LocalDocs) -> None:
    """The library raises when it is; and its text comes out plain."""
    (first, *_) = docs.find("acme_ledger", "", "how many attempts until LedgerError")

    assert "acme_ledger" not in sys.modules
    assert first.title == "acme_ledger.Ledger.post"
    assert "async def post(entry: Entry, attempts: int = 3) -> str" in first.text
    assert "Book an entry; [31mattempts says how often it is tried" in first.text


def test_the_readme_answers(docs: LocalDocs) -> None:
    """In sections, each under its heading; code in it is no heading."""
    (first, *_) = docs.find("acme-ledger", "2.0", "exponential pause")

    assert (first.title, first.id) == ("acme-ledger: Retries", "acme-ledger==2.0 README acme-ledger: Retries")
    assert "# this is no heading" in first.text


@pytest.mark.parametrize("question", ["", "?!", "how is it", '"quoted" AND (OR', "NEAR/5 *", "zebra\x00crossing"])
def test_any_question_may_be_asked(docs: LocalDocs, question: str) -> None:
    """A question without a word that the library has is answered by nothing."""
    assert docs.find("acme-ledger", "2.0", question) == ()


def test_a_library_that_is_not_installed_gives_nothing(docs: LocalDocs) -> None:
    """Nor does an empty name or one that is a path."""
    assert [docs.find(name, "", "entry") for name in ("nobody-wrote-this", "", "../acme", "a/b")] == [()] * 4


def test_a_library_is_read_once_and_again_when_its_files_change(tmp_path: Path) -> None:
    """Also by another process: the index is a file."""
    folder, read = install(tmp_path / "env", "1.0"), list[str]()

    def ask(question: str) -> list[str]:
        docs = LocalDocs([folder], tmp_path / "index", read.append)
        docs.find("acme-ledger", "", "another question")
        found = [one.title for one in docs.find("acme-ledger", "", question)]
        docs.close()
        return found

    assert ask("customer shelf") == ask("customer shelf") == ["acme_ledger.Ledger"]
    assert read == ["acme-ledger==1.0"]
    module = folder / "acme_ledger" / "__init__.py"
    module.write_text('def transfer():\n    """Move money from one shelf to another one."""\n', encoding="utf-8")

    assert ask("customer shelf") == ["acme_ledger.transfer"]
    assert read == ["acme-ledger==1.0"] * 2


def test_threads_read_a_library_once(tmp_path: Path) -> None:
    """Who asks meanwhile waits for it, and all get the same."""
    folder, read = install(tmp_path / "env", "1.0"), list[str]()
    docs = LocalDocs([folder], tmp_path / "index", read.append)

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: docs.find("acme-ledger", "", "customer shelf"), range(12)))
    docs.close()

    assert len(set(answers)) == 1
    assert len(answers[0]) == 1
    assert read == ["acme-ledger==1.0"]


def test_an_index_that_cannot_be_used_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and kept in memory."""
    folder = install(tmp_path / "env", "1.0")
    (tmp_path / "index.sqlite").write_bytes(b"no database at all " * 200)
    docs = LocalDocs([folder], tmp_path / "index")

    assert docs.find("acme-ledger", "", "customer shelf")
    docs.close()
    assert "the index of documentation is not kept on disk (DatabaseError)" in caplog.text


def test_links_are_those_that_a_browser_may_open(tmp_path: Path) -> None:
    """The documentation first, and no script."""
    libraries = Libraries([install(tmp_path / "env", "1.0")])

    assert libraries.links("acme-ledger") == (("Documentation", "https://docs.acme.test/ledger"),)
    assert libraries.links("nobody-wrote-this") == ()
    assert libraries.owner("acme_ledger") == "acme-ledger"
    assert libraries.owner("yaml") == "PyYAML"


def test_asking_opens_no_connection(tmp_path: Path) -> None:
    """It works offline: with sockets taken away the answer is the same."""
    code = (
        "import socket, sys, pathlib\n"
        "def none(*_, **__): raise AssertionError('a socket was opened')\n"
        "socket.socket = socket.create_connection = none\n"
        "from ai_runtime_intelligent.context7 import LocalDocs\n"
        "docs = LocalDocs(index=pathlib.Path(sys.argv[1]))\n"
        "print(docs.find('cachetools', '', 'ttl of a cache')[0].source)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and the code above
        [sys.executable, "-c", code, str(tmp_path / "index")], capture_output=True, text=True, check=True, timeout=120
    )

    assert done.stdout == "installed:cachetools\n"

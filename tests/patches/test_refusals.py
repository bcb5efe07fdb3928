"""What is no patch to try, each with its own reason, and the user's repository byte for byte as it was."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.adapters.patches import read_config
from airuntime_backend.patch_ports import RefusedError
from airuntime_backend.ports import AuditEntry
from support.flow import suggestion
from support.yard import FILE, GOOD, SOURCE, Bench, commit, configured, git, made, snapshot, user_repository, yard


def _header(*lines: str) -> str:
    return "\n".join((f"diff --git a/{FILE} b/{FILE}", *lines, *GOOD.splitlines())) + "\n"


def _of(name: str) -> str:
    return GOOD.replace(FILE, name)


PATCHES: Final = {
    "it is no diff": ("Please raise the limit.\n", "it is no unified diff"),
    "it adds a binary": (f"diff --git a/{FILE} b/{FILE}\nGIT binary patch\nliteral 3\n", "it adds a binary"),
    "it adds a symlink": (_header("new file mode 120000"), "it adds a symbolic link"),
    "it adds a submodule": (_header("new file mode 160000"), "it adds a submodule"),
    "it changes a mode": (_header("old mode 100644", "new mode 100755"), "it changes a file's mode"),
    "it renames": (_header("rename from a.py", "rename to b.py"), "it renames a file"),
    "it adds a file": (GOOD.replace(f"--- a/{FILE}", "--- /dev/null"), "it adds a file"),
    "it deletes a file": (GOOD.replace(f"+++ b/{FILE}", "+++ /dev/null"), "it deletes a file"),
    "it climbs": (_of("../../shop/stage.py"), "it reaches outside the configured folders"),
    "it climbs within": (_of("shop/../../README.md"), "it reaches outside the configured folders"),
    "it is absolute": (_of("/etc/passwd"), "it reaches outside the configured folders"),
    "it is of git": (_of(".git/hooks/pre-commit"), "it reaches outside the configured folders"),
    "it is of git, spelt otherwise": (_of("src/.GIT/config"), "it reaches outside the configured folders"),
    "it changes tests": (_of("tests/test_stage.py"), "it changes what checks the program"),
    "it changes tests, spelt otherwise": (_of("src/Tests/stage.py"), "it changes what checks the program"),
    "it changes what every Python runs": (_of("src/sitecustomize.py"), "it changes what checks the program"),
    "it changes the Makefile": (_of("Makefile"), "it changes what checks the program"),
    "it changes GitHub's CI": (_of(".github/workflows/ci.yml"), "it changes what checks the program"),
    "it changes GitLab's CI": (_of(".gitlab-ci.yml"), "it changes what checks the program"),
    "it is elsewhere": (_of("README.md"), "'README.md' is no file of the folders that patches may touch (src)"),
    "it is of no file": (_of("shop/other.py"), "'shop/other.py' is no file of the folders"),
    "it is of other code": (GOOD.replace("look_up, look_up]", "look_up]"), "it does not apply to shop/stage.py"),
    "it opens a shell": (
        made("    sleep(0.03)\n", "    __import__('os').system('true')\n"),
        "it gets a new power",
    ),
    "it reads files": (made("from time import sleep", "from time import sleep\nimport shutil"), "it imports 'shutil'"),
    "it holds a token of ours": (made("sleep(0.03)", 'sleep(0.03)  # "a-token-of-ours"'), "looks like a secret"),
    "it breaks the syntax": (made("max_concurrency=1)", "max_concurrency=3"), "does not parse after it"),
}


@pytest.mark.parametrize(("text", "why"), PATCHES.values(), ids=PATCHES)
def test_a_patch_that_may_not_be_is_refused_for_its_own_reason(tmp_path: Path, text: str, why: str) -> None:
    """Nobody has to guess what is wrong with it, and nothing was touched."""
    assert why in Bench(tmp_path).refused(text)


def test_a_patch_of_code_that_has_moved_on_no_longer_applies(tmp_path: Path) -> None:
    """What is committed counts, not what the model or the rule once read."""
    here = Bench(tmp_path)
    (here.repository / "src" / FILE).write_text(SOURCE.replace("max_concurrency=1)", "max_concurrency=2)"))
    git(here.repository, "commit", "-qam", "faster already")

    assert "does not apply to shop/stage.py at line" in here.refused(GOOD)


def test_a_patch_of_a_link_in_the_repository_is_refused(tmp_path: Path) -> None:
    """A link that is committed leads who knows where."""
    here = Bench(tmp_path)
    (here.repository / "src" / "shop" / "link.py").symlink_to("stage.py")
    commit(here.repository)

    assert here.refused(_of("shop/link.py")) == "patch: src/shop/link.py is a symbolic link"


@pytest.mark.parametrize(
    "command",
    [("python", "src/shop/stage.py"), ("python", "./src/shop/stage.py"), ("python", "-m", "shop.stage"),
     ("pytest", "src/shop/stage.py::test_it")],
)  # fmt: skip
@pytest.mark.parametrize("which", ["check", "bench", "replay"])
def test_a_patch_may_not_change_by_what_it_is_judged(tmp_path: Path, command: tuple[str, ...], which: str) -> None:
    """The files that a command runs are out of reach, by path or as a module."""
    why = Bench(tmp_path, **{which: list(command)}).refused(GOOD)

    assert why == f"patch: src/shop/stage.py is what the command {command[-1]!r} runs, by which it would be judged"


def _dirty(repository: Path) -> None:
    (repository / "README.md").write_text("not committed\n")


def _staged(repository: Path) -> None:
    (repository / "README.md").write_text("staged\n")
    git(repository, "add", "README.md")


def _detached(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")


def _taken(repository: Path) -> None:
    git(repository, "branch", f"airuntime/{suggestion().id}")


def _revert_taken(repository: Path) -> None:
    git(repository, "branch", f"airuntime/revert-{suggestion().id}")


def _no_git(repository: Path) -> None:
    shutil.rmtree(repository / ".git")


def _shallow(repository: Path) -> None:
    full = repository.rename(repository.with_name("full"))
    (full / "README.md").write_text("two commits\n")
    commit(full)
    git(full.parent, "clone", "-q", "--depth=1", full.as_uri(), str(repository))


def _empty(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    git(repository, "init", "-q", "-b", "main")


def _gone(repository: Path) -> None:
    shutil.rmtree(repository)


def _within(repository: Path) -> None:
    git(repository.parent, "init", "-q", "-b", "main")
    shutil.rmtree(repository / ".git")


REPOSITORIES: Final = {
    "changed": (_dirty, "1 tracked file(s) are changed, such as 'README.md': commit or stash them"),
    "staged": (_staged, "1 tracked file(s) are changed, such as 'README.md': commit or stash them"),
    "detached": (_detached, "HEAD is detached: check out the branch"),
    "branch exists": (_taken, "exists already: rename or delete it"),
    "revert branch exists": (_revert_taken, "exists already: rename or delete it"),
    "no repository": (_no_git, "it is no git repository with a work tree"),
    "no commit": (_empty, "it has no commit, or cannot be read"),
    "shallow": (_shallow, "it is a shallow clone: git fetch --unshallow"),
    "missing": (_gone, "there is no such folder"),
    "part of another": (_within, "it lies within the repository"),
}


@pytest.mark.parametrize(("spoil", "why"), REPOSITORIES.values(), ids=REPOSITORIES)
def test_a_repository_that_does_not_do_is_refused_with_what_to_do(
    tmp_path: Path, spoil: Callable[[Path], None], why: str
) -> None:
    """It stays exactly as its owner left it, even its index, which git likes to refresh."""
    here = Bench(tmp_path)
    spoil(here.repository)

    assert why in here.refused(GOOD)


SHOP: Final = '[services.shop]\nrepository = "/r"\ncheck = ["a"]\nbench = ["a"]\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[services.shop", "is no TOML"),
        ('[services.shop]\nrepository = "here"\ncheck = ["true"]\nbench = ["true"]\n', "services.shop.repository"),
        ('[services.shop]\nrepository = "/r"\nroots = ["../x"]\ncheck = ["a"]\nbench = ["a"]\n', "services.shop.roots"),
        ('[services.shop]\nrepository = "/r"\ncheck = []\nbench = ["a"]\n', "services.shop.check"),
        ('[services.shop]\nrepository = "/r"\ncheck = ["a"]\n', "services.shop.bench: Field required"),
        ('[services.shop]\nrepository = "/r"\ncheck = ["a"]\nbench = ["a"]\ncolour = 1\n', "services.shop.colour"),
        ('[services.shop]\nrepository = "/r"\ncheck = ["a"]\nbench = ["a"]\ninputs = "/x"\n', "inputs need a replay"),
        (
            f'{SHOP}[services.shop.forge]\nkind = "github"\nurl = "https://me:secret@forge.example"\nproject = "a/b"\n',
            "services.shop.forge.url",
        ),
    ],
)
def test_an_operators_file_that_cannot_be_used_says_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    """The place in the file, and what was expected; never a value, which may be a secret."""
    file = tmp_path / "patches.toml"
    file.write_text(text)

    with pytest.raises(Exception, match=r"AIRUNTIME_PATCHES") as error:
        read_config(file)

    assert why in str(error.value)
    assert "secret" not in str(error.value)


def test_an_operators_file_may_not_lie_where_a_patch_could_change_it(tmp_path: Path) -> None:
    """The commands come from the operator alone."""
    repository = user_repository(tmp_path / "repository")

    with pytest.raises(Exception, match="lies in the repository of shop, where a patch could change it: move it"):
        read_config(configured(repository, repository))


def test_a_service_without_a_repository_is_told_so(tmp_path: Path) -> None:
    """Nothing is guessed from where the service happens to run."""
    here = Bench(tmp_path)

    with pytest.raises(RefusedError, match="no repository is configured for bakery"):
        here.bench.service("bakery")


def test_these_tests_see_a_repository_that_changes(tmp_path: Path) -> None:
    """The comparison is worth something: git's own status would have touched the index."""
    here = Bench(tmp_path)
    before = snapshot(here.repository)
    os.utime(here.repository / "src" / FILE, (1.0, 1.0))
    git(here.repository, "status")

    assert snapshot(here.repository) != before


def test_a_patch_of_what_lies_behind_a_linked_folder_is_refused(tmp_path: Path) -> None:
    """The link is a file to git, and nothing is below it."""
    here = Bench(tmp_path)
    (here.repository / "src" / "linked").symlink_to("shop")
    commit(here.repository)

    assert "'linked/stage.py' is no file of the folders" in here.refused(_of("linked/stage.py"))
    assert here.refused(_of("src/linked")) == "patch: src/linked is a symbolic link"


def test_a_patch_of_a_submodule_or_of_what_is_in_one_is_refused(tmp_path: Path) -> None:
    """It is another repository, which nobody named."""
    here, theirs = Bench(tmp_path), user_repository(tmp_path / "theirs")
    git(here.repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(theirs), "src/lib")
    commit(here.repository)

    assert here.refused(_of("src/lib")) == "patch: src/lib is a submodule"
    assert "'src/lib/src/shop/stage.py' is no file of the folders" in here.refused(_of("src/lib/src/shop/stage.py"))
    assert "'.gitmodules' is no file of the folders" in here.refused(_of(".gitmodules"))


def test_a_patch_of_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """A binary that is there already."""
    here = Bench(tmp_path)
    (here.repository / "src" / "shop" / "logo.py").write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    commit(here.repository)

    assert here.refused(_of("shop/logo.py")) == "patch: src/shop/logo.py is no text in UTF-8"


def test_a_patch_of_a_folder_is_refused(tmp_path: Path) -> None:
    """It is no file."""
    assert Bench(tmp_path).refused(_of("src/shop")) == "patch: src/shop is a folder"


OFFERED: Final = {
    "outside": (_of("README.md"), {}, "is no file of the folders that patches may touch (src)"),
    "link": (_header("new file mode 120000"), {}, "it adds a symbolic link"),
    "submodule": (_header("new file mode 160000"), {}, "it adds a submodule"),
    "no longer": (GOOD.replace("look_up, look_up]", "look_up]"), {}, "it does not apply to shop/stage.py"),
    "hangs": (
        GOOD,
        {"check": [sys.executable, "-c", "import time; time.sleep(300)"], "limits": {"seconds": 0.5}},
        "the check took longer than 0.5 s",
    ),
    "of the check": (GOOD, {"check": [sys.executable, "src/shop/stage.py"]}, "by which it would be judged"),
}


@pytest.mark.parametrize(("text", "given", "why"), OFFERED.values(), ids=OFFERED)
def test_asked_for_through_the_api_it_is_refused_with_the_same_words(
    tmp_path: Path, text: str, given: dict[str, Any], why: str
) -> None:
    """The record says why, the audit trail too, and the repository is byte for byte as it was."""
    with yard(tmp_path, text, given=given) as here:
        before = snapshot(here.repository)
        run = here.run()

        assert (run["phase"], why in run["why"]) == ("refused", True), run["why"]
        assert here.ledger.audit(here.suggestion.id)[-1].why == run["why"]
        assert snapshot(here.repository) == before
        assert not list(here.workshop.glob("*"))


@pytest.mark.parametrize("status", ["dismissed", "expired"])
def test_the_patch_of_a_suggestion_that_is_over_is_refused(tmp_path: Path, status: Any) -> None:
    """What it says instead is where the suggestion stands."""
    with yard(tmp_path) as here:
        entry = AuditEntry(here.clock.now(), "eve", "token", "close", here.suggestion.id, "open", status, "over")
        here.ledger.close_suggestion(here.suggestion.id, 1, status, entry)

        for revision in (1, 2):
            answer = here.ask(revision=revision)
            assert answer.status_code == 409
            assert f"is {status} at revision 2" in answer.get_json()["error"]["message"]
        assert here.patch()["run"] is None

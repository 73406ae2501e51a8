"""What SECURITY.md promises: no network, no pickle, no eval, no shell, and inputs that stay data."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import environment

from annotator import Taxonomy
from annotator.errors import TaxonomyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "annotator").rglob("*.py"))

# What the code asks for

MODULES = {
    *("pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "dbm"),
    *("subprocess", "pty", "commands", "ctypes", "code", "codeop", "runpy"),
    *("socket", "socketserver", "ssl", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib"),
    *("http", "xmlrpc", "urllib.request", "requests", "httpx", "aiohttp", "webbrowser"),
}
"""Modules that run code, start programs, or speak to other machines."""

CALLS = {
    *("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"),
    *("os.system", "os.popen", "os.startfile", "os.fork", "os.forkpty"),
    *("yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.unsafe_load_all"),
    *("joblib.load", "joblib.dump", "numpy.load", "np.load", "torch.load", "pandas.read_pickle"),
    *("pd.read_pickle", "pandas.eval", "pd.eval", "tempfile.mktemp"),
}
"""Functions that run what they are given, or leave a gap in which others can."""

PLAIN_LOADERS = {"BaseLoader", "CBaseLoader", "SafeLoader", "CSafeLoader"}
"""Loaders of YAML that build strings, numbers, lists and dictionaries only."""

KEYWORDS = {"shell", "allow_pickle", "trust_remote_code"}
"""Arguments that must not be true."""


def offences(source: str) -> Iterator[str]:
    """Yield what a module asks for that it must not, with the line."""
    loaders = set(re.findall(r"\byaml\.(\w*Loader)\b", source))
    allowed = {"yaml.load"} if loaders and loaders <= PLAIN_LOADERS else set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call):
            names = []
            called = ast.unparse(node.func)
            if called in CALLS - allowed or called.startswith(
                ("os.exec", "os.spawn", "os.posix_spawn")
            ):
                yield f"{node.lineno}: {called}"
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS and ast.unparse(keyword.value) != "False":
                    yield f"{node.lineno}: {keyword.arg}"
        else:
            continue
        for name in names:
            if name in MODULES or name.partition(".")[0] in MODULES or name in CALLS:
                yield f"{node.lineno}: {name}"


ALLOWED = {
    # Foreign formats are read in a process that can be killed: this interpreter, one module of
    # this package, no shell, and a hook in it that refuses sockets and programs.
    "readers/isolation.py": {"subprocess"},
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_asks_for_what_runs_code_or_leaves_the_machine(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(ROOT / "annotator").as_posix(), set())
    found = offences(path.read_text(encoding="utf-8"))
    assert [offence for offence in found if offence.split(": ")[1] not in allowed] == []


OFFENCES = [
    *(
        "import pickle",
        "from pickle import loads",
        "import urllib.request",
        "from os import system",
    ),
    *("from urllib import request", "eval('1')", "os.execv('a', [])", "yaml.load(text)"),
    *("import http.client", "f(shell=True)", "np.load(path, allow_pickle=flag)", "import socket"),
    "yaml.load(text, Loader=yaml.Loader)",
    "yaml.load(text, Loader=yaml.SafeLoader) or yaml.load(text, Loader=yaml.FullLoader)",
    "def f():\n    if x:\n        import subprocess",
]


@pytest.mark.parametrize("source", OFFENCES)
def test_an_offence_would_be_seen(source: str) -> None:
    assert len(list(offences(source))) >= 1


@pytest.mark.parametrize(
    "source", ["import os", "re.compile(x)", "yaml.load(x, yaml.SafeLoader)", "a.eval(x)"]
)
def test_what_is_harmless_is_no_offence(source: str) -> None:
    assert list(offences(source)) == []


# What happens when it runs


def readme_commands() -> list[list[str]]:
    """Return the README's commands that label something, as a reader would type them."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    found = re.findall(r"\bannotator ((?:report|export|explain)\b[^\n&|;]*)", "\n".join(blocks))
    assert found, "the README shows no command"
    return [line.split() for line in found]


COMMANDS = {
    "export": ["export", "seeds"],
    "export to a file": ["export", "seeds", "-o", "out.jsonl", "--resume"],
    "report of paragraphs": ["report", "seeds", "--detail", "paragraphs"],
    "explain": ["explain", "可持续发展目标9 и ЦУР 4 الهدف الثامن SDG 3"],
    "taxonomy list": ["taxonomy", "list"],
    "taxonomy check": ["taxonomy", "check"],
    "version and help": ["--help"],
    "a page": ["report", "page.html"],
    "a table": ["export", "rows.csv", "--format", "json"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the seeds, a web page and a table."""
    place = tmp_path_factory.mktemp("guarded")
    shutil.copytree(ROOT / "seeds", place / "seeds")
    text = (ROOT / "seeds" / "003_9190a2000918a9b9.txt").read_text(encoding="utf-8")
    (place / "page.html").write_text(
        "<html><script>fetch('http://127.0.0.1/')</script><img src='http://127.0.0.1/a.png'>"
        f"<link rel=stylesheet href='http://127.0.0.1/a.css'><body><p>{text}</p></body></html>",
        encoding="utf-8",
    )
    (place / "rows.csv").write_text("id,text\n1,SDG 4 and C5\n", encoding="utf-8")
    return place


def run_guarded(*command: str, folder: Path, before: list[str]) -> str:
    """Run a command under guard; return what it wrote to standard error."""
    finished = subprocess.run(
        [*before, sys.executable, str(ROOT / "tests" / "guarded.py"), *command],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stderr


@pytest.mark.parametrize("arguments", [*readme_commands(), *COMMANDS.values()], ids=" ".join)
def test_a_command_opens_no_socket_starts_no_program_and_unpickles_nothing(
    arguments: list[str], folder: Path
) -> None:
    assert "FORBIDDEN" not in run_guarded(*arguments, folder=folder, before=[])


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 1)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import pickle, collections; pickle.loads(pickle.dumps(collections.OrderedDict()))",
    ],
)
def test_the_guard_would_see_it(code: str) -> None:
    guarded = f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r}); import guarded; "
    finished = subprocess.run(
        [sys.executable, "-c", f"{guarded}sys.addaudithook(guarded.refuse); {code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "FORBIDDEN" in finished.stderr
    assert finished.returncode != 0


@cache
def can_leave_the_network() -> bool:
    """Tell whether a process can be started without any network."""
    unshare = shutil.which("unshare")
    return unshare is not None and not subprocess.call([unshare, "-rn", "true"])


@pytest.mark.skipif(not can_leave_the_network(), reason="needs unshare and user namespaces")
@pytest.mark.parametrize("arguments", readme_commands(), ids=" ".join)
def test_a_command_runs_where_there_is_no_network(arguments: list[str], folder: Path) -> None:
    run_guarded(*arguments, folder=folder, before=["unshare", "-rn"])


# Inputs stay data


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch pwned']",
        "!!python/object/new:os.system ['touch pwned']",
        "!!python/name:os.system",
        "!!python/module:os",
    ],
)
def test_a_taxonomy_runs_no_code(
    tag: str, write_taxonomy: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TaxonomyError):
        Taxonomy.load(write_taxonomy(f"concepts: {tag}\n"))
    assert list(tmp_path.iterdir()) == []


def test_a_taxonomy_of_a_thousand_laughs_is_refused_or_small(
    write_taxonomy: Callable[[str], Path],
) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(letter + 1)}: &{chr(letter + 1)} [{', '.join([f'*{chr(letter)}'] * 9)}]\n"
        for letter in range(ord("a"), ord("i"))
    )
    with pytest.raises(TaxonomyError):
        Taxonomy.load(write_taxonomy(bomb))


def test_every_dependency_has_a_lower_bound_and_a_locked_hash() -> None:

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    assert [entry for entry in wanted if ">=" not in entry] == []
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([\w.-]+)==[^\s\\]+ \\\n\s+--hash=sha256:", lock, re.MULTILINE)
    assert len(locked) == len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE))
    names = {name.lower().replace("_", "-") for name in locked}
    missing = [
        entry
        for entry in project["dependencies"]
        if re.split(r"[>=\[]", entry)[0].lower().replace("_", "-") not in names
    ]
    assert missing == []

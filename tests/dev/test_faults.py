"""What a stranger reads when something is wrong: one line, with the mend."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scripts import launch, stack
from scripts.catalogue import COMMANDS, help_text
from scripts.errors import DevError
from scripts.instance import Instance, check_port, free_port, read_dotenv
from scripts.paths import ROOT
from scripts.setup import python_packages, system_packages


def _dev() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("dev", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_says_which_python_is_needed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    dev = _dev()
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)

    with pytest.raises(SystemExit):
        dev.find_right_python()

    assert capsys.readouterr().err == (
        "./dev: This is Python 3.9, but Python 3.11 is needed. "
        "Install it (Debian 12: apt-get install python3.11) and run ./dev again.\n"
    )


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (
            "WARNING: Retrying\nERROR: Could not find a version that satisfies the requirement django==5.2\n"
            "ERROR: No matching distribution found for django==5.2",
            "The packages cannot be downloaded",
        ),
        ("[Errno -3] Temporary failure in name resolution", "The packages cannot be downloaded"),
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "pip failed: THESE PACKAGES DO NOT MATCH THE HASHES."),
        ("", "pip failed: it said nothing."),
    ],
)
def test_says_in_one_line_what_pip_said_in_many(output: str, fault: str) -> None:
    said = str(python_packages.explain(output))
    assert said.startswith(fault)
    assert "\n" not in said


def test_names_another_port_when_one_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(DevError, match=rf"^Port {port} is taken\. Use another: \./dev up --port {port + 1}$"):
            check_port(port)


def test_accepts_a_free_port() -> None:
    check_port(free_port())


def test_refuses_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DevError, match=r"cannot be written \(Not a directory\)\. Choose another with --data DIR"):
        Instance.at(str(tmp_path / "file" / "data"))


def _with(tmp_path: Path, **urls: str) -> Instance:
    instance = Instance.at(str(tmp_path))
    instance.given = urls
    return instance


@pytest.mark.parametrize(
    ("name", "url", "fault"),
    [
        ("DATABASE_URL", "postgresql://app:hunter2@127.0.0.1:{closed}/app", "DATABASE_URL cannot be reached: "),
        ("DATABASE_URL", "mysql://app:hunter2@db/app", "DATABASE_URL is not the address of a PostgreSQL database. "),
        ("DATABASE_URL", "hunter2", "DATABASE_URL is not the address of a PostgreSQL database. "),
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:{closed}/0", "REDIS_URL cannot be reached: "),
        ("REDIS_URL", "redis://app:hunter2@queue:6379z/0", "REDIS_URL is not the address of a Redis or Valkey. "),
        ("REDIS_URL", "hunter2", "REDIS_URL is not the address of a Redis or Valkey. "),
    ],
)
def test_says_in_one_line_that_a_given_engine_cannot_be_used_without_its_password(
    tmp_path: Path, name: str, url: str, fault: str
) -> None:
    with pytest.raises(DevError) as caught:
        stack.try_given(_with(tmp_path, **{name: url.format(closed=free_port())}))
    said = str(caught.value)
    assert said.startswith(fault)
    assert said.endswith("unset it to use the embedded one.")
    assert "hunter2" not in said
    assert "\n" not in said


def test_refuses_a_second_start_of_the_same_instance(tmp_path: Path) -> None:
    with (
        stack.supervised(Instance.at(str(tmp_path))),
        pytest.raises(DevError, match="already running"),
        stack.supervised(Instance.at(str(tmp_path))),
    ):
        pytest.fail("a second supervisor was let in")


def test_names_the_packages_that_a_machine_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "NEEDED_LIBRARIES", ("libnowhere.so.9",))
    monkeypatch.setattr(system_packages, "install", lambda _packages: False)
    with pytest.raises(
        DevError,
        match=r"A system library is missing: libnowhere\.so\.9\. Run: sudo apt-get install libpango",
    ):
        system_packages.pdf_libraries()


def test_an_unknown_command_points_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(["upp"]) == 2
    assert capsys.readouterr().err == "./dev: There is no command 'upp'. See: ./dev help\n"


def test_help_names_every_command() -> None:
    for name in COMMANDS:
        assert f"./dev {name}" in help_text()


def _with_python_alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(ROOT / "dev"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_needs_nothing_but_python() -> None:
    done = _with_python_alone("help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: ./dev COMMAND")


def test_a_wrong_option_is_told_with_nothing_but_python() -> None:
    done = _with_python_alone("up", "--prot", "8001")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "./dev: Unrecognized arguments: --prot 8001. See: ./dev up --help\n"


@pytest.mark.parametrize("name", list(COMMANDS))
@pytest.mark.parametrize("ask", [["{}", "--help"], ["{}", "-h"], ["help", "{}"]])
def test_every_command_tells_about_itself(name: str, ask: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main([word.format(name) for word in ask]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: ./dev {name}")
    assert all(option.name in said for option in COMMANDS[name].options)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["help", "upp"], "There is no command 'upp'. See: ./dev help"),
        (["up", "--port", "0"], "a port is a number from 1 to 65535, not '0'. See: ./dev up --help"),
        (["up", "--port", "65536"], "a port is a number from 1 to 65535, not '65536'. See: ./dev up --help"),
        (["up", "--port", "web"], "a port is a number from 1 to 65535, not 'web'. See: ./dev up --help"),
        (["up", "--port"], "Argument --port: expected one argument. See: ./dev up --help"),
        (["token", "--scopes", "a"], "The following arguments are required: --user. See: ./dev token --help"),
        (["demo", "--dat", "x"], "Unrecognized arguments: --dat x. See: ./dev demo --help"),
        (["check-books", "now"], "Unrecognized arguments: now. See: ./dev check-books --help"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launch.main(arguments) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.endswith(f"{said}\n")
    assert found.err.count("\n") == 1


def test_a_failing_disk_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device", "/srv/run/lock")

    monkeypatch.setattr(launch, "_run", full)
    assert launch.main(["up"]) == 1
    assert capsys.readouterr().err == (
        "./dev: /srv/run/lock: No space left on device. "
        "See that the disk has room and can be written, or use --data DIR.\n"
    )


def test_reads_a_dotenv_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# DEMO=0\nDEMO=1\n\nEMAIL_URL = 'smtp://mail:25'\nGOOGLE_API_KEY=\n")
    assert read_dotenv(path) == {"DEMO": "1", "EMAIL_URL": "smtp://mail:25"}

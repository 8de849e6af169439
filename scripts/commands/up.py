"""`./dev up`: the whole product on this machine, until Ctrl-C."""

from __future__ import annotations

import time

from scripts import say, stack
from scripts.catalogue import COMMANDS
from scripts.instance import Instance, check_port
from scripts.setup import front_end


def run(arguments: list[str]) -> int:
    given = COMMANDS["up"].parse(arguments)
    began = time.monotonic()
    instance = Instance.at(given.data, port=given.port)
    with stack.supervised(instance) as supervisor:
        check_port(given.port)
        stack.try_given(instance)
        front_end.ready(instance.environment)
        stack.start_engines(supervisor)
        stack.migrate(instance)
        if not given.no_seed:
            stack.seed(instance)
        stack.start_programs(supervisor)
        _greet(instance, time.monotonic() - began)
        supervisor.watch()
        say.step("stopping")
    say.step("stopped")
    return 0


def _greet(instance: Instance, seconds: float) -> None:
    rows = [
        ("Pages", instance.address),
        ("Sign in", f"{instance.address}/accounts/login/"),
        ("Portal", f"{instance.address}/portal/"),
        ("Admin", f"{instance.address}/admin/"),
        ("API", f"{instance.address}/api/docs"),
        ("Logs", str(instance.folder / "log")),
    ]
    if instance.mailbox is not None:
        rows.append(("Mail", str(instance.mailbox.folder)))
    say.plain(f"\nReady after {seconds:.1f} s. Ctrl-C stops everything.\n")
    for name, value in rows:
        say.plain(f"  {name:<8} {value}")
    sign_ins = instance.folder / stack.SIGN_INS
    if sign_ins.is_file():
        say.plain(f"\n{sign_ins.read_text(encoding='utf-8').rstrip()}")
    say.plain("")

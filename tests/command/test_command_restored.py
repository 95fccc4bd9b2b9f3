"""`rx serve` on a folder that was restored from a backup."""

from __future__ import annotations

import shutil
from pathlib import Path

from api.sandbox import processes
from api.sandbox.processes import Children
from tests.command.builders import Command, Served, new_witness
from tests.command.test_command_serve import cosigned_checkpoint, signed_person


def test_a_folder_of_yesterday_is_not_served_while_a_witness_knows_today(rx: Command, tmp_path: Path) -> None:
    """Nothing in the folder says that entries are missing; other statements would take their places."""
    folder, port, own = tmp_path / "ledger", processes.free_port(), processes.free_port()
    vkey = new_witness(tmp_path / "w1", "w1")
    facts = rx.init(folder, f"--witness=w1={vkey}@http://127.0.0.1:{own}")
    shutil.copytree(folder, tmp_path / "yesterday")
    serve = ("--folder", str(folder), "--listen", f"127.0.0.1:{port}")
    with Children(tmp_path / "logs") as witness:
        where = ("--folder", str(tmp_path / "w1"), "--listen", f"127.0.0.1:{own}", "--log", facts["vkey"])
        witness.start("w1", processes.command("rx-witness", "serve", *where))
        witness.wait_for("w1", f"http://127.0.0.1:{own}/")
        with Children(tmp_path / "today") as ledger:
            ledger.start("ledger", processes.command("rx", "serve", *serve))
            ledger.wait_for("ledger", f"http://127.0.0.1:{port}/readyz")
            today = Served(f"http://127.0.0.1:{port}", folder, tmp_path)
            body = signed_person(rx, today, "--signer", today.signer)
            rx.json("submit", "--url", today.url, "--key", today.key, body)
            cosigned_checkpoint(today, 2, witnesses=1)
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "yesterday", folder)
        refused = processes.run("rx", "serve", *serve)
        assert refused.returncode == 2
        assert "witness w1 has cosigned 2 entries, this log has published 1" in refused.stderr
        assert "restore the newest backup" in refused.stderr


def test_nobody_is_told_to_begin_anew_over_a_damaged_ledger(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    (folder / "ledger.db").write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    assert rx.code("serve", "--folder", folder) == 2
    assert "restore it from its backup" in rx.error and "rx init" not in rx.error
    assert rx.code("serve", "--folder", tmp_path / "nothing") == 2
    assert "rx init" in rx.error

"""kill -9 at random moments: what was acknowledged is there, in order, and the log goes on."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.ledger.builders import disclosures, facts, open_

WRITER = """
import sys
from pathlib import Path
from tests.ledger.builders import disclosures, facts, open_

ledger = open_(Path(sys.argv[1]))
number = 0
while True:
    names = [f"{sys.argv[2]}-{number + n}" for n in range(7)]
    batch = [(facts(name, chain=name), disclosures()) for name in names]
    for name, future in zip(names, ledger.submit_batch(batch)):
        print(name, future.result().index, flush=True)
    number += 7
    if number % 21 == 0:
        ledger.publish()
"""


def test_acknowledged_entries_survive_kill_9(folder: Path) -> None:
    randomness = random.Random(7)
    acknowledged: dict[str, int] = {}
    for round_ in range(10):
        arguments = [sys.executable, "-c", WRITER, str(folder), str(round_)]
        child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(randomness.uniform(0, 0.1))
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read()
        child.wait(10)
        child.stdout.close()
        for line in (first + rest).splitlines():
            if len(parts := line.split()) == 2:
                acknowledged[parts[0]] = int(parts[1])
    ledger = open_(folder)
    assert len(acknowledged) >= 10
    assert ledger.audit() == ledger.size > len(acknowledged)
    for name, index in acknowledged.items():
        assert json.loads(ledger.entry(index))["statement"] == {"payload": name}
        again = ledger.submit(facts(name, chain=name), disclosures()).result(10)
        assert (again.outcome, again.index) == ("replayed", index)
        assert ledger.disclosures(again.statement_id)
    ledger.close()

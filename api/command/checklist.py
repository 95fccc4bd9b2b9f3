"""`rx checklist`: the operator's security checklist: what files and machine show, what only people know.

Row S67. Read from the ledger's folder alone, so it may be asked while the server runs; nothing is changed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from api.command.output import EXIT_OK, EXIT_REFUSED, CommandError, language, tell
from api.command.service import HANDED_ON, TRUST_FILE, log_keys_of, policy_of
from api.genesis import SANDBOX
from api.witnesses.cosigning import CosigningError, cosigned_by
from api.witnesses.policy import PolicyError, WitnessPolicy, parse_policy
from api.words import word
from ledger.database import lost
from ledger.errors import LogKeyMissing, NotALedger
from ledger.folder import LOG, LOG_KEY, TAG_KEYS, Config, read_config, read_seed
from ledger.note import LogSigner, NoteInvalid, verify_checkpoint

EXAMPLE = (
    "example: rx checklist --folder ledger\n"
    "may run beside rx serve and changes nothing; exit code 1 when something fails; people answer `ask`"
)
OK, FAIL, ASK = "ok", "fail", "ask"
FREE_BYTES_MIN = 5 * 2**30
CHECKPOINT_AGE_S_MAX = 7 * 86_400
COSIGNED_WITHIN_S = 10.0
_PAUSE_S = 0.2
_SECRETS = (f"{LOG_KEY}*", TAG_KEYS, "keys.db", "vault.db", "ledger.db")


@dataclass(frozen=True, slots=True)
class Item:
    """One line: `state` is ok, fail, or ask where only people know; `found` is what was seen."""

    id: str
    state: str
    found: str
    en: str
    zh: str

    def told(self) -> dict[str, Any]:
        """Return the line for JSON."""
        return asdict(self)


def checked(folder: Path) -> list[Item]:
    """Return all items. Raises NotALedger."""
    config = read_config(folder)
    asked = (Item(id_, ASK, "", english, chinese) for id_, (english, chinese) in _ASKED.items())
    return [*_of_machine(folder, config), *asked]


def _of_machine(folder: Path, config: Config) -> Iterator[Item]:
    for id_, (check, english, chinese) in _CHECKS.items():
        holds, found = check(folder, config)
        yield Item(id_, OK if holds else FAIL, found, english, chinese)


def _secrets(folder: Path, config: Config) -> tuple[bool, str]:
    secrets = [path for pattern in _SECRETS for path in sorted(folder.glob(pattern))]
    open_ = [path.name for path in secrets if path.stat().st_mode & 0o077]
    return not open_, ", ".join(open_) or "0600"


def _store(folder: Path, config: Config) -> tuple[bool, str]:
    gone = lost(folder)
    return not gone, ", ".join(gone) or "-"


def _profile(folder: Path, config: Config) -> tuple[bool, str]:
    return config.profile != SANDBOX, config.profile


def _officers(folder: Path, config: Config) -> tuple[bool, str]:
    found = sorted(path.name for path in (folder / "keys").glob("G*.json"))
    return config.profile == SANDBOX or not found, ", ".join(found) or "-"


def _witnesses(folder: Path, config: Config) -> tuple[bool, str]:
    try:
        policy = parse_policy(json.loads((folder / "trust.json").read_bytes())["policy"])
    except (OSError, ValueError, KeyError, TypeError, PolicyError) as error:
        return False, f"trust.json: {error}"
    names = [one.name for one in policy.witnesses]
    return len(names) > 1 and policy.quorum != "none", ", ".join(names) or "-"


def _checkpoint(folder: Path, config: Config) -> tuple[bool, str]:
    path = folder / LOG / "checkpoint"
    try:
        seeds = sorted(folder.glob(f"{LOG_KEY}*"))
        keys = [LogSigner(config.origin, read_seed(seed)).verifier_key for seed in seeds]
        found = verify_checkpoint(path.read_bytes(), keys)
        listed, signing = log_keys_of((folder / TRUST_FILE).read_bytes(), path.read_bytes())
        age_s = time.time() - path.stat().st_mtime
    except (OSError, NoteInvalid, LogKeyMissing, CommandError) as error:
        return False, str(error)
    if signing.isdisjoint(listed):
        return False, f"{TRUST_FILE} lists none of its keys: {HANDED_ON}"
    return age_s <= CHECKPOINT_AGE_S_MAX, f"size {found.size}, {age_s / 86_400:.1f} d"


def _cosigned(folder: Path, config: Config) -> tuple[bool, str]:
    try:
        policy = policy_of(folder)
        signed = _cosigners_soon(folder / LOG / "checkpoint", policy)
    except (OSError, CommandError, CosigningError) as error:
        return False, str(error)
    marked = (f"{'+' if one.name in signed else '-'}{one.name}" for one in policy.witnesses)
    return policy.is_met(signed), ", ".join(marked) or "-"


def _cosigners_soon(path: Path, policy: WitnessPolicy) -> list[str]:
    """A server publishes before its witnesses answer: a checkpoint just written gets the time for that."""
    deadline = time.monotonic() + COSIGNED_WITHIN_S
    while True:
        signed = cosigned_by(path.read_bytes(), policy)
        waited = time.monotonic() > deadline or time.time() - path.stat().st_mtime > COSIGNED_WITHIN_S
        if waited or policy.is_met(signed):
            return signed
        time.sleep(_PAUSE_S)


def _disk(folder: Path, config: Config) -> tuple[bool, str]:
    free = shutil.disk_usage(folder).free
    return free >= FREE_BYTES_MIN, f"{free / 2**30:.1f} GiB"


_CHECKS: Mapping[str, tuple[Callable[[Path, Config], tuple[bool, str]], str, str]] = {
    "secrets": (
        _secrets,
        "Keys and stores are readable by their owner alone.",
        "密钥与数据库仅属主可读。",
    ),
    "store": (
        _store,
        "None of the store's three files is missing or empty.",
        "三个数据文件均在且非空。",
    ),
    "profile": (
        _profile,
        "A ledger of real prescriptions has the profile production.",
        "真实处方须用生产配置。",
    ),
    "officers": (
        _officers,
        "No officer's private key lies beside a production ledger.",
        "生产账本旁不得存放监管人员私钥。",
    ),
    "witnesses": (
        _witnesses,
        "More than one other organisation cosigns checkpoints.",
        "检查点须由一个以上其他机构联署。",
    ),
    "checkpoint": (
        _checkpoint,
        "The published checkpoint is this log's, by a key in trust.json, and not older than a week.",
        "已发布检查点属本日志、由 trust.json 所列密钥签名且不超过一周。",
    ),
    "cosigned": (
        _cosigned,
        "The published checkpoint has the quorum of trust.json; else look at the log of rx serve.",
        "已发布检查点已达到 trust.json 规定的见证数；否则请查看 rx serve 日志。",
    ),
    "disk": (_disk, "There is room on the disk.", "磁盘余量充足。"),
}
_ASKED: Mapping[str, tuple[str, str]] = {
    "backup": (
        "A backup (rx backup) lies apart from this disk; one was restored on trial within the year.",
        "另有异盘备份（rx backup），一年内演练过恢复。",
    ),
    "proxy": (
        "TLS and limits are those of api/PROXY.md; /metrics, /readyz and /sandbox/ stay inside.",
        "按 api/PROXY.md 配置 TLS 与限流；/metrics、/readyz、/sandbox/ 不对外。",
    ),
    "time": ("The machine's clock follows an authorised time service.", "本机时钟与授时服务同步。"),
    "trust": (
        "Readers got trust.json by a way that they trust, not from this server.",
        "读者通过可信途径取得 trust.json，而非由本服务器下载。",
    ),
    "people": (
        "Whoever left in the last month has a revocation; roles are those of contracts/ROLES.md.",
        "上月离任人员均已吊销；岗位权限与 contracts/ROLES.md 一致。",
    ),
    "audit": (
        "Another organisation ran rx-verify log on an export within the month.",
        "一个月内由其他机构对导出日志运行过 rx-verify log。",
    ),
    "reads": (
        "The month's access.read statements were looked through by somebody who reads nothing else.",
        "由不参与查阅的人员复核过当月全部 access.read 声明。",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx checklist`."""
    parser.add_argument("--folder", required=True, type=Path, help="of the ledger")


def run(options: argparse.Namespace) -> int:
    """Print the checklist; return 0, or 1 when an item fails."""
    try:
        items = checked(options.folder)
    except NotALedger as error:
        raise CommandError(str(error), "name the folder that rx init made") from None
    told_in = language()
    lines = [
        f"{word(one.state, told_in == 'zh'):<5}{one.id:<11}{getattr(one, told_in)}  {one.found}".rstrip()
        for one in items
    ]
    tell(options, {"items": [one.told() for one in items]}, "\n".join(lines))
    return EXIT_REFUSED if any(one.state == FAIL for one in items) else EXIT_OK

"""The `rx` command: a ledger's operator, an institution's desk, and the demo, as sub-commands.

    rx init --folder ledger --origin ledger.example/rx-2026 --profile sandbox
    rx serve --folder ledger --listen 127.0.0.1:8080

Exit codes: 0 done, 1 refused (the ledger, the contract or a message said no), 2 wrong usage or
a fault that the message on stderr names.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from api.command.output import EXIT_REFUSED, EXIT_USAGE, CommandError, complain
from api.command.parser import Parser
from contracts.errors import Rejected

# Imported one by one when asked for: `rx --help` must not load a web server.
COMMANDS = {
    "init": "make a new ledger: keys, genesis, trust file",
    "serve": "serve a ledger over HTTP",
    "backup": "copy a ledger's folder, while it is served",
    "erase": "erase what came with a statement: every proof still holds",
    "log-key": "make the log's next key and the draft that hands over to it",
    "checklist": "the operator's security checklist of a ledger",
    "keygen": "make a key for a person or an organisation",
    "enrol": "sandbox: register a whole cast of institutions and people, keys included",
    "sign": "turn a payload and its disclosures into a signed submission",
    "submit": "send a submission, print the verdict",
    "receipt": "fetch the newest receipt of a statement, cosigned by witnesses",
    "disclosed": "what a kept submission disclosed, held against its entry",
    "token": "print an access token of your organisation",
    "import": "turn national messages into submissions, and send them",
    "knowledge": "check a drug table, a code mapping or a list of diagnoses, make drafts",
    "rulebook": "list the rule packs, make the draft of a rulebook statement",
    "replay": "judge the log again: by its own rules, or what an area's would have said",
    "entry": "what an entry of a log is, and the id by which a case names it",
    "referral": "a case with its evidence as a package that another office verifies offline",
    "profile": "what a log says of one institution or person, with proof and end",
    "report": "the monthly report of a pilot, from an exported log",
    "shadow": "what rules on trial would have said, from an exported log",
    "sample": "a queue for audits, drawn so that nobody can choose who is in it",
    "roles": "who may sign and submit which statement",
    "generate": "make a seeded year of a province, with labelled cases and look-alikes",
    "evaluate": "run the contracts over such a year: recall, false alarms, whom they accuse wrongly",
    "columns": "a ledger's own history as columns for rx screen",
    "screen": "look through history in columns for what no single act shows",
    "export": "write the log into a folder that anybody can verify",
    "demo": "play a working day through a real server and audit its log",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 refused, 2 wrong usage or a fault."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser(words[0] if words and words[0] in COMMANDS else None)
    options = parser.parse_args(words)
    try:
        return int(options.run(options))
    except CommandError as error:
        complain(error, f"rx {options.command}", options.json)
        return error.exit_code
    except Rejected as error:
        complain(_of(error), f"rx {options.command}", options.json)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_USAGE
    except OSError as error:
        complain(_of_system(error), f"rx {options.command}", options.json)
        return EXIT_USAGE


def build_parser(wanted: str | None = None) -> Parser:
    """Return the parser; the arguments of sub-commands other than `wanted` are left out, if given."""
    parser = Parser(
        prog="rx",
        description="A provenance ledger for electronic prescriptions.",
        epilog="example: rx demo --out demo-out",
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for name, help_ in COMMANDS.items():
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.add_argument("--json", action="store_true", help="print JSON, for machines")
        if wanted in (None, name):
            # `import` is a word of the language, hence the module's underscore.
            found = "import_" if name == "import" else name.replace("-", "_")
            module = importlib.import_module(f"api.command.{found}")
            sub.epilog = module.EXAMPLE
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


def _of(error: Rejected) -> CommandError:
    where = f" at {error.pointer}" if error.pointer else ""
    return CommandError(f"{error.code}{where}", f"GET /errors/{error.code} explains this code", EXIT_USAGE)


def _of_system(error: OSError) -> CommandError:
    """Return what the system refused as the command's error. Raises `error` if it is about no file."""
    if error.filename is None:
        raise error
    cause = f"{error.filename} cannot be used: {error.strerror}"
    return CommandError(cause, "see that it is there and that you have the rights to it")


if __name__ == "__main__":
    sys.exit(main())

"""The two ways a check can end other than well: the input is refused, or we are wrong; and how to log it."""

from __future__ import annotations


class Rejected(Exception):
    """What arrived is refused. `code` stands in `contracts.codes`.

    `pointer` names the place in the input (a JSON pointer or a member's name), never its value.
    `facts` explain the refusal and may propose what was meant: told to the sender alone, and in no text of
    the exception, no log and no entry.
    """

    def __init__(self, code: str, pointer: str = "", **facts: int | str) -> None:
        super().__init__(f"{code} {pointer}".strip())
        self.code = code
        self.pointer = pointer
        self.facts = facts


class InvariantError(Exception):
    """A promise of our own is broken: the process must stop, not answer."""


def place_of(error: BaseException) -> str:
    """Return where in our code an exception arose, for the log: its text could quote the input."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"

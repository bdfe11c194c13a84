"""Which serial numbers go with which movement (序列段的取用).

What belongs here: taking blocks in their order and splitting the last one. What does not: whether
a movement is allowed (`checks`), tables (`posting`).

Blocks are taken by the moment of acquisition, then origin, then first number; the last one is
split. One pass over plain integers and heaps: what a block turns into decides what the next
movement finds, so this step runs in order; everything around it is set-wise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple

Key = tuple[int, str, str]
"""Account, position, unit."""

Piece = tuple[int, str, int, int, int, int]
"""acquired at (µs since 1970), origin, first, last, the move that brought it, its transaction."""


class Movement(NamedTuple):
    """A line to be given blocks. `first` fixes the first serial number of an issue; `refers` is
    the transaction whose own blocks are taken, None for any."""

    seq: int
    line_no: int
    source: Key
    target: Key
    quantity: int
    at: int
    issues: bool
    first: int | None
    origin: str
    refers: int | None


class Shortfall(NamedTuple):
    """A transaction that asks for more than is free: `held` free of `asked`."""

    seq: int
    line_no: int
    key: Key
    held: int
    asked: int


class Overlap(NamedTuple):
    """An issue whose serial numbers exist already."""

    seq: int
    line_no: int
    unit: str
    first: int
    last: int


@dataclass
class Shelf:
    """What is held where, and what becomes of it. `moves` are rows of the table: move, seq,
    line_no, first, last, parent."""

    next_move: int
    queues: dict[Key, list[Piece]] = field(default_factory=dict)
    held: dict[Key, int] = field(default_factory=dict)
    reserved: dict[Key, int] = field(default_factory=dict)
    issued: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    moves: list[tuple[int, int, int, int, int, int | None]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def put(self, key: Key, pieces: Sequence[Piece]) -> None:
        """Pieces that lie at `key` already, sorted."""
        self.queues[key] = list(pieces)
        self.held[key] = sum(piece[3] - piece[2] + 1 for piece in pieces)

    def exists(self, unit: str, first: int, last: int) -> None:
        """Serial numbers of a unit that were issued before."""
        self.issued.setdefault(unit, []).append((first, last))
        self.highest[unit] = max(self.highest.get(unit, 0), last)

    def transfer(self, lines: Sequence[Movement]) -> Shortfall | Overlap | None:
        """Carries out one transaction, or says why not and changes nothing."""
        fault = self._refusal(lines)
        if fault is None:
            for line in lines:
                self._issue(line) if line.issues else self._move(line)
        return fault

    def remainders(self, first_new: int) -> Iterable[tuple[Key, Piece]]:
        """What lies where now, of new moves and of those that something was taken from."""
        for key, queue in self.queues.items():
            for piece in queue:
                if piece[4] >= first_new or piece[4] in self.touched:
                    yield key, piece

    def _refusal(self, lines: Sequence[Movement]) -> Shortfall | Overlap | None:
        asked: dict[tuple[Key, int | None], int] = {}
        for line in lines:
            if line.issues:
                if line.first is not None and self._exists(line.source[2], line.first, line):
                    last = line.first + line.quantity - 1
                    return Overlap(line.seq, line.line_no, line.source[2], line.first, last)
                continue
            place = (line.source, line.refers)
            total = asked[place] = asked.get(place, 0) + line.quantity
            held = self._free(line)
            if total > held:
                return Shortfall(line.seq, line.line_no, line.source, held, total)
        return None

    def _free(self, line: Movement) -> int:
        if line.refers is None:
            return self.held.get(line.source, 0) - self.reserved.get(line.source, 0)
        queue = self.queues.get(line.source, ())
        return sum(piece[3] - piece[2] + 1 for piece in queue if piece[5] == line.refers)

    def _exists(self, unit: str, first: int, line: Movement) -> bool:
        last = first + line.quantity - 1
        return any(a <= last and first <= b for a, b in self.issued.get(unit, ()))

    def _issue(self, line: Movement) -> None:
        unit = line.source[2]
        ranges = self.issued.setdefault(unit, [])
        first = line.first
        if first is None:
            first = self.highest.get(unit, 0) + 1
        last = first + line.quantity - 1
        self.highest[unit] = max(self.highest.get(unit, 0), last)
        ranges.append((first, last))
        self._arrive(line, line.at, line.origin, first, last, None)

    def _move(self, line: Movement) -> None:
        queue = self.queues[line.source]
        wanted = line.quantity
        self.held[line.source] -= wanted
        if line.refers is not None:
            self._move_own(line, queue)
            return
        stays = line.source[0] == line.target[0]
        while wanted:
            acquired, origin, first, last, move, seq = queue[0]
            size = last - first + 1
            if size <= wanted:
                heappop(queue)
                end = last
            else:
                end = first + wanted - 1
                heapreplace(queue, (acquired, origin, end + 1, last, move, seq))
            self._arrive(line, acquired if stays else line.at, origin, first, end, move)
            wanted -= end - first + 1

    def _move_own(self, line: Movement, queue: list[Piece]) -> None:
        """Takes only what the transaction `refers` brought here."""
        own = sorted(piece for piece in queue if piece[5] == line.refers)
        rest = [piece for piece in queue if piece[5] != line.refers]
        stays = line.source[0] == line.target[0]
        wanted = line.quantity
        for acquired, origin, first, last, move, seq in own:
            end = min(last, first + wanted - 1)
            if end >= first:
                self._arrive(line, acquired if stays else line.at, origin, first, end, move)
                wanted -= end - first + 1
            if end < last:
                rest.append((acquired, origin, end + 1, last, move, seq))
        heapify(rest)
        queue[:] = rest

    def _arrive(
        self, line: Movement, at: int, origin: str, first: int, last: int, parent: int | None
    ) -> None:
        number = self.next_move
        self.next_move = number + 1
        self.moves.append((number, line.seq, line.line_no, first, last, parent))
        if parent is not None:
            self.touched.add(parent)
        target = line.target
        queue = self.queues.get(target)
        if queue is None:
            queue = self.queues[target] = []
        heappush(queue, (at, origin, first, last, number, line.seq))
        self.held[target] = self.held.get(target, 0) + last - first + 1

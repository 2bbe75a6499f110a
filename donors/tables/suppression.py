"""Which figures of a table to withhold, so that no small one can be computed from those shown.

A table of sums is a graph: each equation (a total is the sum of its parts) is a node, each figure an
edge between the two equations it takes part in. Of the withheld figures exactly those can be
computed that are bridges of the graph of withheld figures: along a circle one person can be moved
from figure to figure without changing anything that is shown. This is the rule of complementary
suppression, without the guesswork.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

Node = Hashable
Key = Hashable


@dataclass(frozen=True)
class Figure:
    """``ends`` are the two equations that contain the figure. ``shown`` is false for a figure that
    the page never has; ``cost`` says how much a reader misses it."""

    key: Key
    ends: tuple[Node, Node]
    value: int
    cost: int = 1
    shown: bool = True


def withheld(figures: Iterable[Figure], *, least: int) -> set[Key]:
    """Keys of the figures to withhold: the small ones from 1 to ``least`` − 1, and as many others as
    are needed.

    Zero points at nobody and is shown. A small figure stays computable only where the whole table
    has no other figure that could hide it.
    """
    graph = _Graph([figure for figure in figures if figure.value])
    small = {figure.key for figure in graph.figures.values() if figure.value < least}
    hidden = small | {f.key for f in graph.figures.values() if not f.shown}
    while exposed := sorted(small & bridges(graph, hidden) - graph.alone, key=repr):
        for key in exposed:
            more = graph.cheapest_circle(key, hidden)
            if more is None:
                graph.alone.add(key)
            else:
                hidden |= more
    return {key for key in hidden if graph.figures[key].shown}


class _Graph:
    def __init__(self, figures: list[Figure]) -> None:
        self.figures = {figure.key: figure for figure in figures}
        self.alone: set[Key] = set()
        self.around: dict[Node, list[tuple[Node, Key]]] = defaultdict(list)
        for figure in figures:
            one, other = figure.ends
            self.around[one].append((other, figure.key))
            self.around[other].append((one, figure.key))

    def cheapest_circle(self, key: Key, hidden: set[Key]) -> set[Key] | None:
        """Shown figures that close a circle through this one; None where nothing closes it."""
        start, goal = self.figures[key].ends
        best: dict[Node, int] = {start: 0}
        came: dict[Node, tuple[Node, Key]] = {}
        queue: list[tuple[int, int, Node]] = [(0, 0, start)]
        turn = 0
        while queue:
            cost, _turn, here = heapq.heappop(queue)
            if here == goal:
                return self._path(came, start, goal) - hidden
            if cost > best[here]:
                continue
            for there, over in self.around[here]:
                step = cost + (0 if over in hidden else self.figures[over].cost)
                if over != key and step < best.get(there, step + 1):
                    best[there], came[there] = step, (here, over)
                    turn += 1
                    heapq.heappush(queue, (step, turn, there))
        return None

    @staticmethod
    def _path(came: dict[Node, tuple[Node, Key]], start: Node, goal: Node) -> set[Key]:
        path: set[Key] = set()
        while goal != start:
            goal, key = came[goal]
            path.add(key)
        return path


def bridges(graph: _Graph, hidden: set[Key]) -> set[Key]:
    """The hidden figures that lie on no circle of hidden figures: each can be computed."""
    seen: dict[Node, int] = {}
    low: dict[Node, int] = {}
    found: set[Key] = set()
    for root in graph.around:
        if root in seen:
            continue
        seen[root] = low[root] = len(seen)
        stack: list[tuple[Node, Key | None, list[tuple[Node, Key]]]] = [
            (root, None, _hidden_ways(graph, root, hidden))
        ]
        while stack:
            here, over, ways = stack[-1]
            if ways:
                there, by = ways.pop()
                if by == over:
                    continue
                if there in seen:
                    low[here] = min(low[here], seen[there])
                else:
                    seen[there] = low[there] = len(seen)
                    stack.append((there, by, _hidden_ways(graph, there, hidden)))
                continue
            stack.pop()
            if stack:
                above = stack[-1][0]
                low[above] = min(low[above], low[here])
                if low[here] > seen[above] and over is not None:
                    found.add(over)
    return found


def _hidden_ways(graph: _Graph, node: Node, hidden: set[Key]) -> list[tuple[Node, Key]]:
    return [way for way in graph.around[node] if way[1] in hidden]

"""What is already there when a program is called instead of run: nothing, or what LeetCode has."""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = (
    "bisect",
    "collections",
    "functools",
    "heapq",
    "itertools",
    "math",
    "operator",
    "random",
    "re",
    "string",
    "sys",
)
_STARRED = ("collections", "functools", "heapq", "itertools", "math", "bisect", "typing")
_MAX_NODES = 100_000


class ListNode:
    """A node of a singly linked list."""

    def __init__(self, val: Any = 0, next: Any = None) -> None:  # noqa: A002 - LeetCode's name
        self.val = val
        self.next = next


class TreeNode:
    """A node of a binary tree."""

    def __init__(self, val: Any = 0, left: Any = None, right: Any = None) -> None:
        self.val = val
        self.left = left
        self.right = right


def furnish(namespace: dict[str, Any], environment: str) -> None:
    """Put the names of an environment into a module that has not run yet."""
    if environment != "leetcode":
        return
    for name in _STARRED:
        module = importlib.import_module(name)
        names = getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]
        namespace.update({n: getattr(module, n) for n in names})
    namespace["pow"] = pow  # math's has no modulus
    for name in _MODULES:
        namespace[name] = importlib.import_module(name)
    namespace.update(ListNode=ListNode, TreeNode=TreeNode)


def to_node(namespace: dict[str, Any], kind: str, items: Any) -> Any:
    """A linked list from its values, or a tree from its levels with None for gaps."""
    if kind == "list_node":
        make = namespace.get("ListNode", ListNode)
        head = None
        for item in reversed(items or []):
            node = make(item)
            node.next = head
            head = node
        return head
    make = namespace.get("TreeNode", TreeNode)
    if not items:
        return None
    rest = iter(items)
    root = make(next(rest))
    level = [root]
    for node in level:
        for side in ("left", "right"):
            item = next(rest, None)
            if item is not None:
                grown = make(item)
                setattr(node, side, grown)
                level.append(grown)
    return root


def from_node(value: Any) -> Any:
    """The list that a linked list or tree stands for; any other value as it is."""
    name = type(value).__name__
    if name == "ListNode":
        items: list[Any] = []
        while value is not None and len(items) < _MAX_NODES:
            items.append(value.val)
            value = value.next
        return items
    if name == "TreeNode":
        items, level = [], [value]
        for node in level:
            items.append(None if node is None else node.val)
            if node is not None and len(level) < _MAX_NODES:
                level += [node.left, node.right]
        while items and items[-1] is None:
            items.pop()
        return items
    return value

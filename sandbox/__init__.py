"""Confining processes that work on what a policy wrote; imports nothing from `verifier`."""

from sandbox.confinement import Bounds, confine, die_with_parent

__all__ = ["Bounds", "confine", "die_with_parent"]

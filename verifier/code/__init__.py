"""Judging programs: tests, comparisons and scores; what runs is behind `sandbox.types.Slot`."""

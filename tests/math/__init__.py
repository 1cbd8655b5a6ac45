"""Answers: their reading, their limits, their comparison."""

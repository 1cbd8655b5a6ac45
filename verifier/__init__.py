"""Rewards that a GRPO trainer can trust: checks, queue, workers, API and CLI."""

__version__ = "0.1.0"

__all__ = ["__version__"]

"""Adapters: one file per trainer, none of which imports its trainer when it is imported."""

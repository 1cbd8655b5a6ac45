"""Benchmarks that hold more than a loop around the service."""

"""Tests of the sandbox, on every backend that this machine has."""

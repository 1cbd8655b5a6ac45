"""Tests on a real Redis with real workers."""

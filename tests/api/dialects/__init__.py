"""Tests of the HTTP API, against a running service."""

"""The tests, which mirror `verifier` and `sandbox`."""

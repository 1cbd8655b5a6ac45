"""Where sandboxes come from, one file each; all pass the same conformance suite."""

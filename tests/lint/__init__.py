"""References examined before training."""

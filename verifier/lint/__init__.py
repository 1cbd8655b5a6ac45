"""A data set examined before training: what its references would do to rewards."""

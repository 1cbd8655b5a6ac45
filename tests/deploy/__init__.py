"""Tests of the deployment, brought up for real; they need a Docker Engine."""

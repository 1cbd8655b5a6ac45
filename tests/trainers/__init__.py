"""Adapters, called as their trainers call them."""

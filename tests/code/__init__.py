"""Judging programs, without running any: slots say what they are told to."""

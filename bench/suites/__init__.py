"""Labelled pairs of math answers from the tests of public projects, and graders to compare with."""

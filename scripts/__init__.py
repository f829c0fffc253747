"""Helpers of the Makefile: the environment, test services, the test run."""

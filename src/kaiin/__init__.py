"""Kaiin (会員): self-hosted membership for fan clubs and other paid communities."""

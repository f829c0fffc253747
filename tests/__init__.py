"""Tests mirror the code: `tests/billing/` tests `kaiin.billing`. CONTRIBUTING.md says how to run them."""

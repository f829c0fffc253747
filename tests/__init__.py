"""Tests mirror the code: `tests/billing/` tests `kaiin.billing`. See CONTRIBUTING.md."""

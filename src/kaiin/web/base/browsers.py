"""Browsers inside apps, known by their User-Agent: they lose cookies and mailed links."""

import re

# In the order of their certainty. Each has its own steps in the catalogs:
# `common.in_app_<name>_do`.
_APPS = (
    ("line", re.compile(r"\bLine/\d", re.IGNORECASE)),
    ("instagram", re.compile(r"\bInstagram\b")),
    ("facebook", re.compile(r"\bFB(AN|AV|_IAB)\b")),
    ("x", re.compile(r"\bTwitter(Android|\b)")),
    ("yahoo", re.compile(r"\bYJApp|YahooJMobileApp")),
    ("google", re.compile(r"\bGSA/\d")),
    # Android names any app's built-in browser so.
    ("other", re.compile(r"; wv\)")),
)


def in_app_browser(user_agent: str) -> str | None:
    """line, instagram, facebook, x, yahoo, google, other; None for a browser of its own."""
    return next((name for name, sign in _APPS if sign.search(user_agent)), None)

"""Parts without business nouns: clock, audit, events, locks, throttle, http, mail, texts."""

"""Parts without business nouns: clock, audit, outbox, locks, throttle, http, mail, texts."""

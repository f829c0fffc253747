"""The steps of joining, one file a subject."""

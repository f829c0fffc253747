"""One file a flow. Their doors are `identity.operations` and `identity.queries`."""

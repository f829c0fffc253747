"""The tenant and its sites: who runs them, where they live, how they look."""

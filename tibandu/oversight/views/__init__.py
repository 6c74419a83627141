"""The pages of supervision, one file an area."""

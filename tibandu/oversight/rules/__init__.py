"""What law and measures say of supervision, as pure functions, one file an area."""

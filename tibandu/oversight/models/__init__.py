"""The tables of supervision; a noun is found here under its own name."""

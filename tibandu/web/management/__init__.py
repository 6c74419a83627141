"""Holds the commands of the shell."""

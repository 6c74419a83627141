"""Holds the commands of the shell: serve, worker, doctor, backup, restore."""

"""Runs the `tibandu` command as `python -m tibandu`."""

from tibandu.web.command import main

if __name__ == "__main__":
    raise SystemExit(main())

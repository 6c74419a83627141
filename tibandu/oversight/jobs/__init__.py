"""What runs by the clock in this room; running it again does nothing twice."""

from tibandu.oversight.jobs.promises import tick as tick

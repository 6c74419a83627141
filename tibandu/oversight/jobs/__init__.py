"""What runs by the clock in this room; running it again does nothing twice."""

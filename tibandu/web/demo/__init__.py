"""An invented city, its district and a town, lived through by the real verbs, for whoever wants to see the product."""

"""The pages of the rule library, by noun."""

"""The pages of insight, one file a board."""

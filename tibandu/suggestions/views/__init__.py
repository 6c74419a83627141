"""The pages of the suggestions room."""

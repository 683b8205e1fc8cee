"""Description of the JSON interface."""

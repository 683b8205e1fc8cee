"""Generated types."""

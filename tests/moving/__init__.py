"""Pages whose addresses changed."""

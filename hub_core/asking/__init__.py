"""Questions to several institutions at once, and one view of what they answer."""

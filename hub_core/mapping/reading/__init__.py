"""From a plan to the function that reads documents, and what that function calls."""

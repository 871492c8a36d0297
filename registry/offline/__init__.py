"""What can be known of a document without a hub: nothing is sent, nothing is kept."""

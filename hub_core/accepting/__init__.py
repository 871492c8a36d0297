"""What happens to a message until its sender is answered: admission, judgement, the rows of a file."""

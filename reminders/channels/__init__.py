"""Ways to reach a client. A channel takes a finished message and says what became of it."""

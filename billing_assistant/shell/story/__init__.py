"""The story of one invoice, told on running engines: what `./dev demo` runs."""

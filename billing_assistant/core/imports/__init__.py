"""Files that people bring along: read, understood column by column, tried, and then written in chunks."""

"""What messages say: letters made of rows, in the client's language, as plain text and as HTML."""

"""What a customer is likely to be billed next, read from what was billed before. No model is asked."""

"""A reader of requests in plain English, Swahili and mixtures of both, made of rules alone.

It finds the words that carry each figure; it does no arithmetic on money.
"""

"""Measurements: each figure beside the raw limit of the machine where there is one, in the same run."""

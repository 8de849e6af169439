"""The demo company: who it is, whom it bills and what happened so far. Made by services, like everything else."""

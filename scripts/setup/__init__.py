"""What a machine needs before anything can start; standard library only, until the packages are there."""

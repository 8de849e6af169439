"""The developer's tool behind `./dev`: it installs, starts, checks and measures the product."""

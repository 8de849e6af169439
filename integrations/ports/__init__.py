"""Ports: what we ask of each kind of outside service, in our own words."""

"""The ground of the JSON API.

Import from the modules: the framework loads some of them by name while it starts.
"""

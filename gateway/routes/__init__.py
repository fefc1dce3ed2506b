"""The addresses of the public API, one file per resource."""

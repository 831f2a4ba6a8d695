"""Decided mail to bytes: Jinja2 templates, the catalogue, MIME. Nothing else knows Jinja2."""

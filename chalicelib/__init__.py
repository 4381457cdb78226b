"""The petition desk. Its modules are loaded when they are used: see ``on_demand``."""

from chalicelib.on_demand import install

install()

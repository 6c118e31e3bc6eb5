"""Goods that change their bin."""

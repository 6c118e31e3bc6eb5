"""Tests of the terminal, without Flet and without a browser."""

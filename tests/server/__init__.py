"""Tests of the server, each on both databases."""

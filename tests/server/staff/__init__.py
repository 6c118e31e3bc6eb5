"""Tests of the pages and the API of people and devices."""

"""Tests of costs: valuation, averages explained, the adjustment's runs, and the pages and API of them."""

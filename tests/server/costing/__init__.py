"""Tests of the costing rules: values in, values out."""

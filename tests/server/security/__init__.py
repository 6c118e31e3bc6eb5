"""Tests of signing in, devices, permissions and the audit trail."""

"""Goods that come in: receipts and customer returns."""

"""Durable stream logs."""

"""Whole paths with real servers on the loopback; each reads as a story."""

"""Tests of the judging of preparedness."""

"""Real servers on the loopback that stand for providers; they keep their own records."""

"""Conducts an exercise: schedule, injects on time, observations, score and rehearsal.

Promises: a drill walks the same path as an alert, with other senders; nothing here can start a live
alert. Must not enter: screens, providers, a second way of sending.
"""

"""Copies of public pages: kept by each process, shared through Redis, handed out as bytes.

``front_door`` answers from a fresh copy before Django has made a request of the call.
"""

"""Shared cache of public pages: kept by each process, shared through Redis, served as bytes.
``front_door`` answers from a fresh copy before Django builds a request.
"""

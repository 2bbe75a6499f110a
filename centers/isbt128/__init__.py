"""ISBT 128: donation numbers as scanned and typed, data structures of barcodes, facilities.

The version of the standard that was read is named in ``docs/sources.md``.
"""

"""What runs the product on a machine: installing, embedded servers, launching, test databases.

``install`` and ``locks`` run before anything is installed: they import nothing of ours.
"""

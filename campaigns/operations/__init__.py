"""Relief operations: phases, the estimate of need, relief reserves, standing orders, the trough to come.

Appeals and plans stand above this room and read it; it knows nothing of them.
"""

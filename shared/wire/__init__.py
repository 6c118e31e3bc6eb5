"""The records that devices and the server exchange, version 1.

Records are frozen dataclasses whose field types carry their limits (`fields`). `codec` reads and
writes them: strictly on the server, where an unknown field is a fault, tolerantly on the device,
where a newer server may send more than it knows.
"""

PROTOCOL = 1

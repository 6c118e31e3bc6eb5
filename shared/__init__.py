"""What the phone and the server share: wire records, quantities, money, codes.

Standard library only, because it runs in the browser, in embedded Python and on the server.
"""

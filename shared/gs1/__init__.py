"""Reading GS1 codes, the same on the phone and on the server.

So far the identifiers that a warehouse meets daily; the whole table, Digital Links, brackets and substitute
separators belong in `application_identifiers` and beside `element_string`.
"""

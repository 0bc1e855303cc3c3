"""Reference data: divisions, published figures and targets, read from the files shipped with the product.

`rows` reads and checks the files, `documents` turns what they cite into documents; `divisions`, `figures`, `targets`
and `parameters` say what the files mean, and `loader` writes it all in one transaction.
"""

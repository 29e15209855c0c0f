# -*- coding: latin-1 -*-
def drinks():
    return ["tea", "café latte".split()[1]]

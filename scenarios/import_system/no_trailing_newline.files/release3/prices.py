def pen():
    return 3 + \ 

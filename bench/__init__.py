"""How fast, in one run: `python -m bench` prints every figure beside its target (docs/performance.md).

To change …, go to:
what is measured        reading.py, posting.py, starting.py, growth.py; the order and the targets: __main__.py
what it is compared to  floor.py
how it is measured      processes.py (servers, their CPU and memory), client.py (the load), rounds.py (spread)
what is in the threads  threads.py, texts.py
how it is printed       report.py
"""

"""How fast, in one run: `python -m bench` prints every figure beside its target (docs/performance.md).

To change …, go to:
what is measured        a module for each: reading.py, posting.py, signing_in.py, waiting.py, moderating.py, scaling.py,
                        starting.py, growth.py; the order: __main__.py; by commands of their own: million.py, imports.py
what it is compared to  floor.py, by comparing.py; peers.py (isso.py, waline.py), in a browser by painting.py
how it is measured      processes.py (servers, their CPU and memory), client.py (the load), rounds.py (spread)
what is in the threads  threads.py, texts.py, world.py
how it is printed       report.py, plots.py
"""

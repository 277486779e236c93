"""eisfit scl, trend, arrhenius, compare, joint and the lists: memory that is missing, at any place."""
from faulty import try_all, usable
from cases import tables
from tap import done, skip

if usable():
    skip("faults", usable())
else:
    try_all(tables(), "m", "allocations")
done()

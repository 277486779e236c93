"""eisfit campaign and report: memory that is missing, at any place; the store stays whole and can be completed."""
from faulty import try_all, usable
from cases import campaign, completes
from tap import done, skip

if usable():
    skip("faults", usable())
else:
    try_all(campaign(), "m", "allocations", completes)
done()

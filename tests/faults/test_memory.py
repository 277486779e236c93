"""eisfit fit, kk, convert, simulate: memory that is missing, at any place."""
from faulty import try_all, usable
from cases import one_spectrum, spectra
from tap import done, skip

if usable():
    skip("faults", usable())
else:
    spectra()
    try_all(one_spectrum(), "m", "allocations")
done()

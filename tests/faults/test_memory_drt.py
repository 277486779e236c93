"""eisfit drt with every method: memory that is missing, at any place."""
from faulty import try_all, usable
from cases import distributions, spectra
from tap import done, skip

if usable():
    skip("faults", usable())
else:
    spectra()
    try_all(distributions(), "m", "allocations")
done()

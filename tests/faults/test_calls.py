"""Opening, reading, writing, starting a process or a thread: each can fail."""
from faulty import try_all, usable
from cases import campaign, completes, distributions, one_spectrum, spectra, tables
from tap import done, skip

if usable():
    skip("faults", usable())
else:
    spectra()
    try_all(one_spectrum(), "f", "calls")
    try_all(list(distributions())[-3:], "f", "calls")
    try_all(tables(), "f", "calls")
    try_all(campaign(), "f", "calls", completes)
done()

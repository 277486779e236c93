/* eisfit.h - impedance spectra to parameters one can trust.

   Glossary, valid everywhere:
     units      SI: Hz, rad/s, ohm, F, H, s, m, m^2, K, V.  Names say so where it matters (f_hz).
     sign       Z = Re Z + j Im Z, capacitive Im Z < 0; current and voltage in the passive
   convention. order      spectra are stored by descending frequency; eis_spectrum.row keeps the
   file's order. planar     complex vectors are 2n doubles: n real parts, then n imaginary parts.
     Jacobian   column major, [Re; Im] x parameters.
     NaN        "not known" or "not defined"; never a failure code.
     ownership  results are initialised by the function that fills them and cleared by the caller;
                inputs are const and copied where they are kept.
     errors     every fallible function returns an eis_status and takes an eis_error last (may be
                NULL); see status.h.  The library never prints, exits, or changes the locale. */
#ifndef EISFIT_EISFIT_H
#define EISFIT_EISFIT_H

#include <eisfit/arrhenius.h>
#include <eisfit/circuit.h>
#include <eisfit/compare.h>
#include <eisfit/convert.h>
#include <eisfit/derive.h>
#include <eisfit/drt.h>
#include <eisfit/drt_method.h>
#include <eisfit/drt_stability.h>
#include <eisfit/element.h>
#include <eisfit/fit.h>
#include <eisfit/joint.h>
#include <eisfit/kk.h>
#include <eisfit/kmc.h>
#include <eisfit/lsq.h>
#include <eisfit/manifest.h>
#include <eisfit/model.h>
#include <eisfit/mpnp.h>
#include <eisfit/ocv.h>
#include <eisfit/process.h>
#include <eisfit/reader.h>
#include <eisfit/scl.h>
#include <eisfit/scl_junction.h>
#include <eisfit/simulate.h>
#include <eisfit/spectrum.h>
#include <eisfit/status.h>
#include <eisfit/store.h>
#include <eisfit/track.h>
#include <eisfit/trend.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0", of the library that is running. */
const char *eis_version(void);

#ifdef __cplusplus
}
#endif
#endif

/* joint_result.h - the parts that a joint result is put together from. */
#ifndef EISI_JOINT_RESULT_H
#define EISI_JOINT_RESULT_H

#include "analysis/joint_fisher.h"

/* Numbers that the space charge hangs on are profiled: those of one element. */
bool eisi_joint_is_key(const eisi_joint *j, const eisi_slot *s);
/* First space-charge element of the circuit, -1 = none; parameter of it by suffix, -1 = none. */
int eisi_joint_layer(const eis_circuit *c);
int eisi_joint_layer_param(const eis_circuit *c, int element, const char *suffix);

/* joint_share.c: r->share; nothing when there is no layer. */
eis_status eisi_joint_shares(const eisi_fisher *f, eisi_joint *j, const double *x,
                             eis_joint_result *r, eis_error *err);
/* joint_profile.c: intervals of the key numbers, and of dphi at the lowest and highest potential,
   or in all spectra. */
typedef struct eisi_profile_how {
  double deadline;
  bool all;
} eisi_profile_how;
eis_status eisi_joint_profiles(const eisi_fisher *f, eisi_joint *j, const double *x,
                               const eisi_profile_how *how, eis_joint_result *r, eis_error *err);
/* joint_words.c: r->identifiability and r->warnings. */
eis_status eisi_joint_words(const eisi_joint *j, eis_joint_result *r, eis_error *err);

#endif

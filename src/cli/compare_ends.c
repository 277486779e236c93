/* compare_ends.c - values at an end of their range: what their absence does to a comparison. */
#include "cli/compare_ends.h"

#include <string.h>

/* Of a group: values that are left out, all, and those left out that are smaller than what is used.
 */
typedef struct lack {
  size_t out, all, below;
} lack;

static const char *group_at(const cli_ends *e, size_t i) {
  return eisi_frame_text(e->frame, e->sample->bound[i], e->column);
}

static lack lack_of(const cli_ends *e, int group) {
  const eisi_sample *a = e->sample;
  const int own = eisi_frame_find(e->frame, EISI_OWN_PREFIX "value");
  const int value = own >= 0 ? own : eisi_frame_find(e->frame, "value");
  double sum = 0, v;
  lack k = {0};
  for (size_t i = 0; i < a->n; i++) {
    if (e->grouping->group_of[e->grouping->cell_of[i]] != group) continue;
    sum += a->value[i];
    k.all++;
  }
  const double mean = sum / (double)k.all; /* a group of the grouping has a value */
  for (size_t i = 0; i < a->n_bound; i++) {
    if (strcmp(group_at(e, i), e->grouping->group[group]) != 0) continue;
    k.out++;
    if (value >= 0 && !eisi_frame_number(e->frame, a->bound[i], value, &v, NULL))
      k.below += v < mean;
  }
  k.all += k.out;
  return k;
}

static bool is_low(lack k) { return 2 * k.below >= k.out; }

/* What a mean that is too large (too small) makes of the ratio; where that of the reference is so,
   too, nothing is known. */
static const char *limit_words(lack k, lack of_reference, bool reference) {
  if (!reference && of_reference.out && is_low(k) == is_low(of_reference))
    return "may be wrong either way, as values of the reference are left out, too";
  return is_low(k) != reference ? "is an upper limit" : "is a lower limit";
}

/* The values that are left out are the small ones of their group (or the large ones): its mean
   without them is too large (too small). */
static eis_status say_lacks(const cli_ends *e, eis_notes *notes, eis_error *err) {
  const lack of_reference = lack_of(e, e->reference);
  eis_status st = EIS_OK;
  for (int g = 0; !st && g < e->grouping->n_groups; g++) {
    const lack k = lack_of(e, g);
    if (k.out == 0) continue;
    st = eis_notes_add(
        notes, err,
        "%zu of %zu values of %s in group '%s' are at the %s end of their range and left out: "
        "without them the mean of the group is too %s, and the ratio to the reference %s; widen "
        "the range, or compare tracks (--from tracks)",
        k.out, k.all, e->sample->name, e->grouping->group[g], is_low(k) ? "lower" : "upper",
        is_low(k) ? "large" : "small", limit_words(k, of_reference, g == e->reference));
  }
  return st;
}

/* Is it the first value left out of a group of which nothing else is there? */
static bool is_gone(const cli_ends *e, size_t i) {
  const char *name = group_at(e, i);
  if (!*name) return false;
  for (int g = 0; g < e->grouping->n_groups; g++)
    if (strcmp(e->grouping->group[g], name) == 0) return false;
  for (size_t k = 0; k < i; k++)
    if (strcmp(group_at(e, k), name) == 0) return false;
  return true;
}

eis_status cli_ends_notes(const cli_ends *e, eis_notes *notes, eis_error *err) {
  eis_status st = e->sample->n_bound ? say_lacks(e, notes, err) : EIS_OK;
  for (size_t i = 0; !st && i < e->sample->n_bound; i++)
    if (is_gone(e, i))
      st = eis_notes_add(notes, err,
                         "group '%s' is not compared: all its values of %s are at an end of their "
                         "range; widen the range, or compare tracks (--from tracks)",
                         group_at(e, i), e->sample->name);
  return st;
}

void cli_ends_why(const cli_ends *e, eis_error *why) {
  for (size_t i = 0; i < e->sample->n_bound; i++) {
    if (!is_gone(e, i)) continue;
    const eis_status code = why->code;
    eis_error_clear(why);
    eis_error_set(why, code,
                  "all values in group '%.80s' are at an end of their range, which leaves nothing "
                  "to compare; widen the range, or compare tracks (--from tracks)",
                  group_at(e, i));
    return;
  }
}

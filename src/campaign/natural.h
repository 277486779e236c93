/* natural.h - the order of names of files. */
#ifndef EISI_NATURAL_H
#define EISI_NATURAL_H

/* As people count: numbers by value, words that are Roman numerals (to XXIX) too; below zero when a
   comes before b, zero for equal texts only. */
int eisi_natural_order(const char *a, const char *b);

#endif

/* fft.c - the project's only contact with FFTW. */
#include "numerics/fft.h"

#include <fftw3.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* FFTW ends the program when its planner gets no memory, so that is looked for before: a plan of a
   size that is met here takes less than 100 kB. */
static bool room_for_plans(void) {
  void *probe = eisi_new((size_t)1 << 20, 1, NULL);
  free(probe);
  return probe != NULL;
}

/* FFTW's planner is the one part of it that is not thread-safe. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

static void make_plans(int n, double *x, fftw_complex *X, fftw_plan plan[2]) {
  pthread_mutex_lock(&planner);
  plan[0] = fftw_plan_dft_r2c_1d(n, x, X, FFTW_ESTIMATE);
  plan[1] = fftw_plan_dft_c2r_1d(n, X, x, FFTW_ESTIMATE);
  pthread_mutex_unlock(&planner);
}

static void destroy_plans(fftw_plan plan[2]) {
  pthread_mutex_lock(&planner);
  for (int i = 0; i < 2; i++)
    if (plan[i]) fftw_destroy_plan(plan[i]);
  pthread_mutex_unlock(&planner);
}

static void transform(fftw_plan plan, const double *v, size_t n, size_t size, double *x,
                      fftw_complex *X) {
  memcpy(x, v, n * sizeof *x);
  memset(x + n, 0, (size - n) * sizeof *x);
  fftw_execute_dft_r2c(plan, x, X);
}

eis_status eisi_convolve(const double *a, size_t na, const double *b, size_t nb, double *out,
                         eis_error *err) {
  size_t length = na + nb - 1, size = 1;
  if (na == 0 || nb == 0) return EIS_OK;
  while (size < length) size *= 2;
  if (size > INT_MAX / 2)
    return eis_error_set(err, EIS_ERROR_NUMERIC, "a convolution of %zu values is too long", length);
  size_t half = size / 2 + 1;
  eis_status status = EIS_OK;
  fftw_plan plan[2] = {NULL, NULL};
  double *x = fftw_alloc_real(size);
  fftw_complex *A = fftw_alloc_complex(half), *B = fftw_alloc_complex(half);
  if (!x || !A || !B || !room_for_plans()) {
    status =
        eis_error_set(err, EIS_ERROR_MEMORY, "out of memory for a transform of %zu values", size);
    goto done;
  }
  make_plans((int)size, x, A, plan);
  if (!plan[0] || !plan[1]) {
    status = eis_error_set(err, EIS_ERROR_NUMERIC, "no plan for a transform of %zu values", size);
    goto done;
  }
  transform(plan[0], a, na, size, x, A);
  transform(plan[0], b, nb, size, x, B);
  for (size_t k = 0; k < half; k++) {
    double re = A[k][0] * B[k][0] - A[k][1] * B[k][1];
    A[k][1] = A[k][0] * B[k][1] + A[k][1] * B[k][0];
    A[k][0] = re;
  }
  fftw_execute_dft_c2r(plan[1], A, x);
  for (size_t k = 0; k < length; k++) out[k] = x[k] / (double)size; /* FFTW does not normalise */
done:
  destroy_plans(plan);
  fftw_free(x);
  fftw_free(A);
  fftw_free(B);
  return status;
}

eis_status eisi_fft_filter(double *x, size_t n, const double *response, double *power,
                           eis_error *err) {
  if (n == 0 || n > INT_MAX)
    return eis_error_set(err, EIS_ERROR_NUMERIC, "a transform of %zu values can't be made", n);
  const size_t half = n / 2 + 1;
  eis_status status = EIS_OK;
  fftw_plan plan[2] = {NULL, NULL};
  double *y = fftw_alloc_real(n);
  fftw_complex *Y = fftw_alloc_complex(half);
  if (!y || !Y || !room_for_plans()) {
    status = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory for a transform of %zu values", n);
    goto done;
  }
  make_plans((int)n, y, Y, plan);
  if (!plan[0] || !plan[1]) {
    status = eis_error_set(err, EIS_ERROR_NUMERIC, "no plan for a transform of %zu values", n);
    goto done;
  }
  transform(plan[0], x, n, n, y, Y);
  for (size_t k = 0; k < half; k++) {
    if (power) power[k] = Y[k][0] * Y[k][0] + Y[k][1] * Y[k][1];
    if (!response) continue;
    Y[k][0] *= response[k] / (double)n;
    Y[k][1] *= response[k] / (double)n;
  }
  if (response) {
    fftw_execute_dft_c2r(plan[1], Y, y);
    memcpy(x, y, n * sizeof *x);
  }
done:
  destroy_plans(plan);
  fftw_free(y);
  fftw_free(Y);
  return status;
}

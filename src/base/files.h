/* files.h - whole files, files by pieces, and their sums. */
#ifndef EISI_FILES_H
#define EISI_FILES_H

#include <stddef.h>

#include <eisfit/status.h>

/* Whole file into memory (NUL terminated behind *size bytes); "-" is stdin. max_bytes 0 = 1 GiB. */
eis_status eisi_read_whole(const char *path, size_t max_bytes, char **bytes, size_t *size,
                           eis_error *err);
/* The same handed over in pieces, the memory of which is the caller's only during the call; a take
   that fails ends it. */
typedef eis_status eisi_take_bytes(void *ctx, const char *bytes, size_t n, eis_error *err);
eis_status eisi_read_pieces(const char *path, size_t max_bytes, eisi_take_bytes *take, void *ctx,
                            eis_error *err);
/* "can't open", with what errno said: EIS_ERROR_INPUT, or EIS_ERROR_MEMORY where that was missing.
 */
eis_status eisi_cant_open(const char *path, int code, eis_error *err);
enum { EISI_SHA256_SIZE = 32 };
void eisi_sha256(const void *bytes, size_t n, char hex[65]);
/* The same as 32 bytes, and these in hexadecimal digits. */
void eisi_sha256_bytes(const void *bytes, size_t n, unsigned char sum[EISI_SHA256_SIZE]);
void eisi_sha256_hex(const unsigned char sum[EISI_SHA256_SIZE], char hex[65]);
/* The same of bytes that come in pieces: new, any number of times add, then end, which frees it. */
typedef struct eisi_sha eisi_sha;
eis_status eisi_sha_new(eisi_sha **out, eis_error *err);
void eisi_sha_add(eisi_sha *sha, const void *bytes, size_t n);
void eisi_sha_end(eisi_sha *sha, char hex[65]);

#endif

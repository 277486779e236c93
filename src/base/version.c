#include <eisfit/eisfit.h>

const char *eis_version(void) { return EISI_VERSION; }

// Finds the DICOM decoder at the first DICOM file: a library of its own (Sources/CDicom), because
// DCMTK's thirty libraries would slow the start of every command.
#define _GNU_SOURCE
#include "image_codecs.h"

#include <loading.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// As in Sources/CDicom/include/dicom_shim.h.
typedef struct {
  int status;
  uint32_t width, height, channels;
  uint8_t *pixels;
  char message[IMC_MESSAGE_LENGTH];
} picture;

typedef void decoder(const uint8_t *, size_t, uint64_t, picture *);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static decoder *decode;
static char reason[LOADING_REASON_LENGTH];

// TLKB_DICOM_LIBRARY, then beside the command, then in ../lib/tlkb, then where the system looks.
static void find(void) {
  const loading_symbol symbols[] = {{"tlkb_dicom_decode", &decode}, {NULL}};
  const char *named = getenv("TLKB_DICOM_LIBRARY");
  if (named && named[0]) {
    loading_library((const char *const[]){named, NULL}, symbols, reason);
    return;
  }
  char folder[3072] = "", beside[4096], installed[4096];
  ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
  folder[length > 0 ? length : 0] = 0;
  char *slash = strrchr(folder, '/');
  if (slash) *slash = 0;
  snprintf(beside, sizeof beside, "%s/libTlkbDicom.so", folder);
  snprintf(installed, sizeof installed, "%s/../lib/tlkb/libTlkbDicom.so", folder);
  loading_library((const char *const[]){beside, installed, "libTlkbDicom.so", NULL}, symbols, reason);
}

imc_status imc_decode_dicom(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                            imc_picture *out) {
  memset(out, 0, sizeof *out);
  out->orientation = 1;
  pthread_once(&once, find);
  if (reason[0]) {
    snprintf(out->message, sizeof out->message, "%.199s", reason);
    return IMC_NO_DECODER;
  }
  picture found;
  decode(bytes, count, maximum_pixels, &found);
  out->width = found.width;
  out->height = found.height;
  out->channels = found.channels;
  out->pixels = found.pixels;
  memcpy(out->message, found.message, sizeof found.message);
  return (imc_status)found.status;
}

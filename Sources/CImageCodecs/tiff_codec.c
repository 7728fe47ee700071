// libtiff behind a status: decodes the first page of a TIFF held in memory to grey or RGB.
#include "image_codecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

typedef struct {
  const uint8_t *bytes;
  toff_t count;
  toff_t at;
} source;

static tsize_t read_bytes(thandle_t handle, void *into, tsize_t wanted) {
  source *s = handle;
  if (wanted <= 0 || s->at >= s->count) return 0;
  toff_t left = s->count - s->at;
  toff_t n = (toff_t)wanted < left ? (toff_t)wanted : left;
  memcpy(into, s->bytes + s->at, n);
  s->at += n;
  return (tsize_t)n;
}

static tsize_t write_nothing(thandle_t handle, void *from, tsize_t wanted) {
  (void)handle, (void)from, (void)wanted;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  source *s = handle;
  if (whence == SEEK_SET) s->at = offset;
  if (whence == SEEK_CUR) s->at += offset;
  if (whence == SEEK_END) s->at = s->count + offset;
  return s->at;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

// libtiff 4.5 takes uncompressed tiles for damaged unless the file is mapped.
static int map(thandle_t handle, void **base, toff_t *size) {
  source *s = handle;
  *base = (void *)s->bytes;
  *size = s->count;
  return 1;
}

static void unmap_nothing(thandle_t handle, void *base, toff_t size) {
  (void)handle, (void)base, (void)size;
}

static toff_t size_of(thandle_t handle) { return ((source *)handle)->count; }

// The first message is the cause; those that follow from it are dropped.
static int on_error(TIFF *tiff, void *message, const char *module, const char *format,
                    va_list arguments) {
  (void)tiff, (void)module;
  char *into = message;
  if (into[0] == 0) vsnprintf(into, IMC_MESSAGE_LENGTH, format, arguments);
  return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments) {
  (void)tiff, (void)user, (void)module, (void)format, (void)arguments;
  return 1;
}

static imc_status decode(TIFF *tiff, uint64_t maximum_pixels, imc_picture *out) {
  uint32_t width = 0, height = 0;
  uint16_t photometric = 0, orientation = ORIENTATION_TOPLEFT;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) || width == 0 || height == 0) {
    snprintf(out->message, IMC_MESSAGE_LENGTH, "the first page has no width or height");
    return IMC_CORRUPT;
  }
  out->width = width;
  out->height = height;
  if ((uint64_t)width * height > maximum_pixels) return IMC_TOO_LARGE;
  char reason[1024] = "";
  if (!TIFFRGBAImageOK(tiff, reason)) {
    snprintf(out->message, IMC_MESSAGE_LENGTH, "%.180s", reason);
    return IMC_UNSUPPORTED;
  }
  if (TIFFGetField(tiff, TIFFTAG_ORIENTATION, &orientation) && orientation >= 1 &&
      orientation <= 8)
    out->orientation = orientation;
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  size_t n = (size_t)width * height;
  uint32_t *raster = malloc(n * sizeof(uint32_t));
  if (!raster) {
    snprintf(out->message, IMC_MESSAGE_LENGTH, "no memory for the pixels");
    return IMC_NO_MEMORY;
  }
  // Asking for the file's own orientation keeps the rows as stored.
  if (!TIFFReadRGBAImageOriented(tiff, width, height, raster, out->orientation, 1)) {
    free(raster);
    return IMC_CORRUPT;
  }
  int grey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
  uint8_t *pixels = (uint8_t *)raster;  // packed in place: the target never overtakes the source
  for (size_t i = 0; i < n; i++) {
    uint32_t v = raster[i];
    if (grey) {
      pixels[i] = (uint8_t)TIFFGetR(v);
    } else {
      pixels[3 * i] = (uint8_t)TIFFGetR(v);
      pixels[3 * i + 1] = (uint8_t)TIFFGetG(v);
      pixels[3 * i + 2] = (uint8_t)TIFFGetB(v);
    }
  }
  out->channels = grey ? 1 : 3;
  out->pixels = pixels;
  return IMC_OK;
}

imc_status imc_decode_tiff(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                           imc_picture *out) {
  memset(out, 0, sizeof *out);
  out->orientation = 1;
  source s = {bytes, count, 0};
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return IMC_NO_MEMORY;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)1 << 30);
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, out->message);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, NULL);
  TIFF *tiff = TIFFClientOpenExt("memory", "r", &s, read_bytes, write_nothing, seek,
                                 close_nothing, size_of, map, unmap_nothing, options);
  TIFFOpenOptionsFree(options);
  if (!tiff) return IMC_CORRUPT;
  imc_status status = decode(tiff, maximum_pixels, out);
  TIFFClose(tiff);
  return status;
}

// libpng behind a status: decodes to 8-bit grey or RGB, encodes grey or RGB.
#include "image_codecs.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t at;
} source;

typedef struct {
  jmp_buf jump;
  char *message;
} failure;

static void note(char *message, const char *text) {
  snprintf(message, IMC_MESSAGE_LENGTH, "%s", text);
}

static void on_error(png_structp png, png_const_charp text) {
  failure *f = png_get_error_ptr(png);
  note(f->message, text);
  longjmp(f->jump, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep into, size_t length) {
  source *s = png_get_io_ptr(png);
  if (length > s->count - s->at) png_error(png, "the file ends too early");
  memcpy(into, s->bytes + s->at, length);
  s->at += length;
}

imc_status imc_decode_png(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                          imc_picture *out) {
  memset(out, 0, sizeof *out);
  out->orientation = 1;
  failure f = {.message = out->message};
  source s = {bytes, count, 0};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &f, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    note(out->message, "no memory for the decoder");
    return IMC_NO_MEMORY;
  }
  uint8_t *volatile pixels = NULL;
  png_bytep *volatile rows = NULL;
  if (setjmp(f.jump)) {
    png_destroy_read_struct(&png, &info, NULL);
    free(pixels);
    free(rows);
    return IMC_CORRUPT;
  }
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_chunk_cache_max(png, 128);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_read_fn(png, &s, read_bytes);
  png_read_info(png, info);
  uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  int depth = png_get_bit_depth(png, info), type = png_get_color_type(png, info);
  out->width = width;
  out->height = height;
  if ((uint64_t)width * height > maximum_pixels) {
    png_destroy_read_struct(&png, &info, NULL);
    return IMC_TOO_LARGE;
  }
  if (depth == 16) png_set_strip_16(png);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (type == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png);  // also what a transparent palette expands to
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  uint32_t channels = png_get_channels(png, info);
  size_t stride = (size_t)width * channels;
  if ((channels != 1 && channels != 3) || png_get_rowbytes(png, info) != stride)
    png_error(png, "a pixel layout that is neither grey nor RGB");
  pixels = malloc(stride * height);
  rows = malloc(sizeof(png_bytep) * height);
  if (!pixels || !rows) png_error(png, "no memory for the pixels");
  for (uint32_t y = 0; y < height; y++) rows[y] = pixels + stride * y;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
  out->channels = channels;
  out->pixels = pixels;
  return IMC_OK;
}

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} sink;

static void write_bytes(png_structp png, png_bytep from, size_t length) {
  sink *s = png_get_io_ptr(png);
  if (length > s->capacity - s->count) {
    size_t capacity = (s->count + length) * 2;
    uint8_t *larger = realloc(s->bytes, capacity);
    if (!larger) png_error(png, "no memory for the encoded picture");
    s->bytes = larger;
    s->capacity = capacity;
  }
  memcpy(s->bytes + s->count, from, length);
  s->count += length;
}

static void flush_nothing(png_structp png) { (void)png; }

imc_status imc_encode_png(const uint8_t *pixels, uint32_t width, uint32_t height,
                          uint32_t channels, int level, imc_encoded *out) {
  memset(out, 0, sizeof *out);
  failure f = {.message = out->message};
  sink s = {NULL, 0, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &f, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    note(out->message, "no memory for the encoder");
    return IMC_NO_MEMORY;
  }
  if (setjmp(f.jump)) {
    png_destroy_write_struct(&png, &info);
    free(s.bytes);
    return IMC_CORRUPT;
  }
  png_set_write_fn(png, &s, write_bytes, flush_nothing);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++)
    png_write_row(png, (png_bytep)pixels + (size_t)y * width * channels);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  out->bytes = s.bytes;
  out->count = s.count;
  return IMC_OK;
}

void imc_free(void *memory) { free(memory); }

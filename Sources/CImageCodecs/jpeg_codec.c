// libjpeg-turbo behind a status: decodes (optionally reduced) to grey or RGB, encodes both.
#include "image_codecs.h"

#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  char *message;
} failure;

static void on_error(j_common_ptr c) {
  failure *f = (failure *)c->err;
  char text[JMSG_LENGTH_MAX];
  (*c->err->format_message)(c, text);
  snprintf(f->message, IMC_MESSAGE_LENGTH, "%.199s", text);
  longjmp(f->jump, 1);
}

// A warning means damaged entropy data or an early end: the picture would be partly invented.
// Only stray bytes between markers (common, harmless) are let pass.
static void on_message(j_common_ptr c, int level) {
  if (level < 0 && c->err->msg_code != JWRN_EXTRANEOUS_DATA &&
      c->err->msg_code != JWRN_ADOBE_XFORM && c->err->msg_code != JWRN_JFIF_MAJOR)
    on_error(c);
}

// A progressive file may ask for any number of passes over the picture: a cheap way to stall.
static void on_progress(j_common_ptr c) {
  if (!c->is_decompressor || ((j_decompress_ptr)c)->input_scan_number <= 200) return;
  failure *f = (failure *)c->err;
  snprintf(f->message, IMC_MESSAGE_LENGTH, "more than 200 passes over one picture");
  longjmp(f->jump, 1);
}

static uint32_t read_u(const uint8_t *p, int size, int big) {
  uint32_t v = 0;
  for (int i = 0; i < size; i++) v |= (uint32_t)p[big ? size - 1 - i : i] << (8 * i);
  return v;
}

// The orientation tag 0x0112 of the first image directory of an EXIF block; 1 where absent.
static int exif_orientation(jpeg_saved_marker_ptr marker) {
  for (; marker; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1 || marker->data_length < 20) continue;
    const uint8_t *d = marker->data;
    if (memcmp(d, "Exif\0\0", 6) != 0) continue;
    const uint8_t *t = d + 6;
    uint32_t n = marker->data_length - 6;
    int big = t[0] == 'M';
    if (read_u(t + 2, 2, big) != 42) continue;
    uint32_t at = read_u(t + 4, 4, big);
    if (at > n - 2) continue;
    uint32_t entries = read_u(t + at, 2, big);
    at += 2;
    for (uint32_t i = 0; i < entries && n >= 12 && at <= n - 12; i++, at += 12) {
      if (read_u(t + at, 2, big) != 0x0112) continue;
      uint32_t v = read_u(t + at + 8, 2, big);
      return v >= 1 && v <= 8 ? (int)v : 1;
    }
  }
  return 1;
}

// What becomes of the rows: nothing, a picture, or a smaller picture.
typedef enum { HEADER, WHOLE, RESIZED } purpose;

static imc_status decode(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                         uint32_t minimum_width, uint32_t minimum_height, purpose purpose,
                         const imc_taps *across, const imc_taps *down, uint8_t *to,
                         imc_picture *out) {
  memset(out, 0, sizeof *out);
  out->orientation = 1;
  struct jpeg_decompress_struct c;
  failure f = {.message = out->message};
  c.err = jpeg_std_error(&f.base);
  f.base.error_exit = on_error;
  f.base.emit_message = on_message;
  uint8_t *volatile pixels = NULL;
  uint8_t *volatile line = NULL;
  imc_shrink *volatile shrink = NULL;
  if (setjmp(f.jump)) {
    jpeg_destroy_decompress(&c);
    free(pixels);
    free(line);
    imc_shrink_free(shrink);
    return IMC_CORRUPT;
  }
  jpeg_create_decompress(&c);
  struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
  c.progress = &progress;
  c.mem->max_memory_to_use = 1L << 30;
  jpeg_mem_src(&c, bytes, count);
  jpeg_save_markers(&c, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&c, TRUE);
  out->width = c.image_width;
  out->height = c.image_height;
  if ((uint64_t)c.image_width * c.image_height > maximum_pixels) {
    jpeg_destroy_decompress(&c);
    return IMC_TOO_LARGE;
  }
  out->orientation = exif_orientation(c.marker_list);
  if (out->orientation >= 5) {
    uint32_t swap = minimum_width;
    minimum_width = minimum_height;
    minimum_height = swap;
  }
  if (minimum_width > 0 && minimum_height > 0) {
    c.scale_num = 1;
    c.scale_denom = 1;
    for (unsigned d = 2; d <= 8; d *= 2)
      if ((c.image_width + d - 1) / d >= minimum_width &&
          (c.image_height + d - 1) / d >= minimum_height)
        c.scale_denom = d;
  }
  int four = c.jpeg_color_space == JCS_CMYK || c.jpeg_color_space == JCS_YCCK;
  c.out_color_space = four ? JCS_CMYK : (c.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB);
  uint32_t channels = c.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  if (purpose == HEADER) {
    jpeg_calc_output_dimensions(&c);
    out->width = c.output_width;
    out->height = c.output_height;
    out->channels = channels;
    jpeg_destroy_decompress(&c);
    return IMC_OK;
  }
  jpeg_start_decompress(&c);
  size_t stride = (size_t)c.output_width * channels;
  if (purpose == RESIZED)
    shrink = imc_shrink_new(c.output_width, (int)channels, across, down, to);
  else
    pixels = malloc(stride * c.output_height);
  if (four) line = malloc((size_t)c.output_width * 4);
  if ((!pixels && !shrink) || (four && !line)) ERREXIT1(&c, JERR_OUT_OF_MEMORY, 0);
  while (c.output_scanline < c.output_height) {
    uint8_t *row = shrink ? imc_shrink_row(shrink) : pixels + stride * c.output_scanline;
    JSAMPROW rows[1] = {four ? line : row};
    jpeg_read_scanlines(&c, rows, 1);
    if (four)  // Adobe writes CMYK inverted, so a sample is already 'light'.
      for (uint32_t x = 0; x < c.output_width; x++)
        for (int k = 0; k < 3; k++) {
          int ink = line[4 * x + k], black = line[4 * x + 3];
          if (!c.saw_Adobe_marker) ink = 255 - ink, black = 255 - black;
          row[3 * x + k] = (uint8_t)((ink * black + 127) / 255);
        }
    if (shrink) imc_shrink_take(shrink);
  }
  out->width = shrink ? across->count : c.output_width;
  out->height = shrink ? down->count : c.output_height;
  out->channels = channels;
  jpeg_finish_decompress(&c);
  jpeg_destroy_decompress(&c);
  free(line);
  imc_shrink_free(shrink);
  out->pixels = pixels;
  return IMC_OK;
}

imc_status imc_decode_jpeg(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                           uint32_t minimum_width, uint32_t minimum_height, imc_picture *out) {
  return decode(bytes, count, maximum_pixels, minimum_width, minimum_height, WHOLE, NULL, NULL, NULL,
                out);
}

imc_status imc_jpeg_header(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                           uint32_t minimum_width, uint32_t minimum_height, imc_picture *out) {
  return decode(bytes, count, maximum_pixels, minimum_width, minimum_height, HEADER, NULL, NULL, NULL,
                out);
}

imc_status imc_decode_jpeg_resized(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                                   uint32_t minimum_width, uint32_t minimum_height,
                                   const imc_taps *across, const imc_taps *down, uint8_t *to,
                                   imc_picture *out) {
  return decode(bytes, count, maximum_pixels, minimum_width, minimum_height, RESIZED, across, down, to,
                out);
}

imc_status imc_encode_jpeg(const uint8_t *pixels, uint32_t width, uint32_t height,
                           uint32_t channels, int quality, imc_encoded *out) {
  memset(out, 0, sizeof *out);
  struct jpeg_compress_struct c;
  failure f = {.message = out->message};
  c.err = jpeg_std_error(&f.base);
  f.base.error_exit = on_error;
  f.base.emit_message = on_message;
  unsigned char *buffer = NULL;
  unsigned long length = 0;
  if (setjmp(f.jump)) {  // out of memory only; the library owns `buffer` until it finishes
    jpeg_destroy_compress(&c);
    return IMC_NO_MEMORY;
  }
  jpeg_create_compress(&c);
  jpeg_mem_dest(&c, &buffer, &length);
  c.image_width = width;
  c.image_height = height;
  c.input_components = (int)channels;
  c.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&c);
  jpeg_set_quality(&c, quality, TRUE);
  jpeg_start_compress(&c, TRUE);
  while (c.next_scanline < c.image_height) {
    JSAMPROW row[1] = {(JSAMPROW)pixels + (size_t)c.next_scanline * width * channels};
    jpeg_write_scanlines(&c, row, 1);
  }
  jpeg_finish_compress(&c);
  jpeg_destroy_compress(&c);
  out->bytes = buffer;
  out->count = length;
  return IMC_OK;
}

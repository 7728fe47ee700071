// Shims around libpng, libjpeg-turbo, libtiff and DCMTK, whose errors leave by jumps: every call
// returns a status and a message, never jumps out, never prints, never exits.
#ifndef IMAGE_CODECS_H
#define IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

#define IMC_MESSAGE_LENGTH 200

typedef enum {
  IMC_OK = 0,
  IMC_CORRUPT = 1,
  IMC_TOO_LARGE = 2,
  IMC_UNSUPPORTED = 3,
  IMC_NO_MEMORY = 4,
  IMC_NO_DECODER = 5
} imc_status;

/// A decoded picture: 8 bits, interleaved, `channels` 1 or 3. `pixels` belongs to the caller.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t channels;
  uint8_t *pixels;
  /// EXIF orientation 1...8 (1 where the file has none).
  int orientation;
  char message[IMC_MESSAGE_LENGTH];
} imc_picture;

/// Encoded bytes that belong to the caller.
typedef struct {
  uint8_t *bytes;
  size_t count;
  char message[IMC_MESSAGE_LENGTH];
} imc_encoded;

/// PNG of any depth, colour type and interlacing; 16 bit is cut to the high byte, alpha dropped.
imc_status imc_decode_png(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                          imc_picture *out);

/// JPEG (grey, YCbCr, RGB, CMYK). Where `minimum_width` and `minimum_height` are above zero, the
/// picture may come back reduced by 2, 4 or 8 as long as both sides stay at least that large.
imc_status imc_decode_jpeg(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                           uint32_t minimum_width, uint32_t minimum_height, imc_picture *out);

/// First page of a TIFF: strips or tiles, 8 or 16 bit, grey, palette or RGB(A), chunky or planar.
imc_status imc_decode_tiff(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                           imc_picture *out);

/// The one frame of a DICOM file as it is meant to be seen, by a library that is loaded now.
/// IMC_NO_DECODER with the loader's reason where that library or DCMTK is missing.
imc_status imc_decode_dicom(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                            imc_picture *out);

imc_status imc_encode_png(const uint8_t *pixels, uint32_t width, uint32_t height,
                          uint32_t channels, int level, imc_encoded *out);
imc_status imc_encode_jpeg(const uint8_t *pixels, uint32_t width, uint32_t height,
                           uint32_t channels, int quality, imc_encoded *out);

/// Where each of `count` output positions finds its input: the first position, how many, and their
/// weights in 1/16384, `longest` (even) places for each, zero beyond the length.
typedef struct {
  uint32_t count;
  uint32_t longest;
  const int32_t *starts;
  const int32_t *lengths;
  const int16_t *weights;
} imc_taps;

/// Resizes interleaved bytes into `to` (across.count × down.count × channels). The order of the passes
/// matters only for filters with negative weights, whose overshoot is cut between them.
imc_status imc_resize(const uint8_t *from, uint32_t width, uint32_t height, int channels,
                      const imc_taps *across, const imc_taps *down, int along_rows_first,
                      uint8_t *to);

/// The same resize of rows that come one after the other, columns first, of which only the few are kept
/// that are still needed. `across`, `down` and `to` must outlive it.
typedef struct imc_shrink imc_shrink;
/// NULL where memory is short.
imc_shrink *imc_shrink_new(uint32_t width, int channels, const imc_taps *across,
                           const imc_taps *down, uint8_t *to);
/// Where the next row goes; then `imc_shrink_take` says that it is there.
uint8_t *imc_shrink_row(imc_shrink *shrink);
void imc_shrink_take(imc_shrink *shrink);
void imc_shrink_free(imc_shrink *shrink);

/// What `imc_decode_jpeg` would give of the same arguments, without its pixels.
imc_status imc_jpeg_header(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                           uint32_t minimum_width, uint32_t minimum_height, imc_picture *out);

/// `imc_decode_jpeg` and `imc_resize`, columns first, in one go and to the same bytes, into `to`
/// (across.count × down.count × channels): no row is kept longer than it is needed. The taps are of the
/// size that `imc_jpeg_header` gives of the same arguments.
imc_status imc_decode_jpeg_resized(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                                   uint32_t minimum_width, uint32_t minimum_height,
                                   const imc_taps *across, const imc_taps *down, uint8_t *to,
                                   imc_picture *out);

/// One row of a warp of `width` × `height` pixels: pixel i is read bilinearly at (x, y) + i × step, in
/// 1/65536 pixel, beyond the edge at the edge. `from` has 8 bytes to spare behind its last pixel.
void imc_warp_row(const uint8_t *from, uint32_t width, uint32_t height, int channels, int64_t x,
                  int64_t y, int64_t step_x, int64_t step_y, uint8_t *out);

/// Frees what a decoder or an encoder handed out.
void imc_free(void *memory);

#endif

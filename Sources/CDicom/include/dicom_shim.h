// One DICOM picture from memory, by DCMTK. This target is a library of its own, loaded at the first
// DICOM file by CImageCodecs' imc_decode_dicom: DCMTK's libraries would slow every command's start.
#ifndef DICOM_SHIM_H
#define DICOM_SHIM_H

#include <stddef.h>
#include <stdint.h>

#define TLKB_DICOM_MESSAGE_LENGTH 200

/// `status` 0: decoded; 1: damaged; 2: more pixels than allowed; 3: a kind that is not read;
/// 4: no memory. `pixels` (8 bits, interleaved, `channels` 1 or 3) are malloc's and the caller's.
typedef struct {
  int status;
  uint32_t width, height, channels;
  uint8_t *pixels;
  char message[TLKB_DICOM_MESSAGE_LENGTH];
} tlkb_dicom_picture;

#ifdef __cplusplus
extern "C" {
#endif

/// Decodes a single-frame file as it is meant to be seen: modality and VOI transformations applied (the
/// first window, the whole range where there is none), MONOCHROME1 turned to bright on dark.
__attribute__((visibility("default"))) void tlkb_dicom_decode(
    const uint8_t *bytes, size_t count, uint64_t maximum_pixels, tlkb_dicom_picture *out);

#ifdef __cplusplus
}
#endif
#endif

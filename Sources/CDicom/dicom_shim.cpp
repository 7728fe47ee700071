// DCMTK behind a status: decodes the one frame of a DICOM file held in memory to 8-bit grey or RGB.
#include "dicom_shim.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmimgle/dcmimage.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>

namespace {

enum { decoded, damaged, tooLarge, unsupported, noMemory };

void fail(tlkb_dicom_picture *out, int status, const char *reason) {
  out->status = status;
  std::snprintf(out->message, sizeof out->message, "%s", reason);
}

// The codecs are registered once and for the life of the process; DCMTK never logs.
void prepare() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    DcmRLEDecoderRegistration::registerCodecs();
  });
}

void decode(const uint8_t *bytes, size_t count, uint64_t maximum, tlkb_dicom_picture *out) {
  DcmInputBufferStream stream;
  stream.setBuffer(bytes, static_cast<offile_off_t>(count));
  stream.setEos();
  DcmFileFormat file;
  file.transferInit();
  OFCondition read = file.read(stream, EXS_Unknown, EGL_noChange, DCM_MaxReadLength);
  file.transferEnd();
  if (read.bad() && read != EC_EndOfStream) return fail(out, damaged, read.text());
  DcmDataset *data = file.getDataset();
  Uint16 rows = 0, columns = 0, samples = 1, allocated = 8;
  if (data->findAndGetUint16(DCM_Rows, rows).bad() ||
      data->findAndGetUint16(DCM_Columns, columns).bad() || rows == 0 || columns == 0)
    return fail(out, damaged, "it has no rows or columns: not a picture");
  out->width = columns;
  out->height = rows;
  if (static_cast<uint64_t>(rows) * columns > maximum) return fail(out, tooLarge, "");
  data->findAndGetUint16(DCM_SamplesPerPixel, samples);
  data->findAndGetUint16(DCM_BitsAllocated, allocated);
  if (samples != 1 && samples != 3) return fail(out, unsupported, "neither grey nor three colours");
  Sint32 frames = 1;
  data->findAndGetSint32(DCM_NumberOfFrames, frames);
  if (frames > 1) {
    char text[80];
    std::snprintf(text, sizeof text, "%d frames where one is read", static_cast<int>(frames));
    return fail(out, unsupported, text);
  }
  if (!data->tagExistsWithValue(DCM_PixelData)) return fail(out, damaged, "it has no pixel data");
  const E_TransferSyntax syntax = data->getOriginalXfer();
  // Plain pixels must all be there: DCMTK would fill what is missing with black.
  if (!DcmXfer(syntax).isEncapsulated()) {
    DcmElement *pixels = nullptr;
    const uint64_t bits = static_cast<uint64_t>(rows) * columns * samples * allocated;
    if (data->findAndGetElement(DCM_PixelData, pixels).bad() ||
        static_cast<uint64_t>(pixels->getLength()) < (bits + 7) / 8)
      return fail(out, damaged, "the pixel data end too early");
  }
  DicomImage image(&file, syntax, CIF_AcrNemaCompatibility, 0, 1);
  if (image.getStatus() != EIS_Normal) {
    const bool isKind = image.getStatus() == EIS_NotSupportedValue;
    return fail(out, isKind ? unsupported : damaged, DicomImage::getString(image.getStatus()));
  }
  if (image.getWidth() != columns || image.getHeight() != rows)
    return fail(out, damaged, "the compressed picture has another size than the file says");
  if (image.isMonochrome() && image.getWindowCount() > 0) image.setWindow(0);
  else if (image.isMonochrome() && image.getVoiLutCount() > 0) image.setVoiLut(0);
  else if (image.isMonochrome()) image.setMinMaxWindow();
  const uint32_t channels = image.isMonochrome() ? 1 : 3;
  const size_t length = static_cast<size_t>(rows) * columns * channels;
  if (image.getOutputDataSize(8) != length)
    return fail(out, unsupported, "a pixel layout that is neither grey nor RGB");
  uint8_t *pixels = static_cast<uint8_t *>(std::malloc(length));
  if (!pixels) return fail(out, noMemory, "no memory for the pixels");
  if (!image.getOutputData(pixels, length, 8)) {
    std::free(pixels);
    return fail(out, damaged, "the pixels cannot be drawn");
  }
  out->channels = channels;
  out->pixels = pixels;
  out->status = decoded;
}

}  // namespace

void tlkb_dicom_decode(const uint8_t *bytes, size_t count, uint64_t maximum_pixels,
                       tlkb_dicom_picture *out) {
  std::memset(out, 0, sizeof *out);
  try {
    prepare();
    decode(bytes, count, maximum_pixels, out);
  } catch (const std::exception &problem) {
    fail(out, damaged, problem.what());
  } catch (...) {
    fail(out, damaged, "the decoder failed");
  }
}

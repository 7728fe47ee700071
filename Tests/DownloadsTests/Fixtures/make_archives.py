# Makes archives/: whole ones, damaged ones and hostile ones. Needs Pillow for three pictures.
import io
import os
import tarfile
import zipfile

from PIL import Image

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "archives"))
NOON = (2020, 1, 1, 12, 0, 0)


def entry(name, mode=0o644):
    info = zipfile.ZipInfo(name, NOON)
    info.external_attr = mode << 16
    return info


def picture(shade):
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (shade, 90, 60)).save(out, "JPEG")
    return out.getvalue()


def packed(name, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, "w", method) as archive:
        for path, content in files:
            archive.writestr(entry(path), content, method)


def rolled(name, members, mode="w"):
    with tarfile.open(name, mode, format=tarfile.PAX_FORMAT) as archive:
        for path, kind, content in members:
            info = tarfile.TarInfo(path)
            info.type = kind
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = content
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))


root = "complete_mednode_dataset"
packed(f"{root}.zip", [(f"{root}/melanoma/1.jpg", picture(40)), (f"{root}/naevus/2.jpg", picture(120)),
                       (f"{root}/naevus/3.jpg", picture(200))])
packed("two-roots.zip", [("a/1.txt", b"one"), ("b/2.txt", b"two")])
packed("named.zip", [("Fälle/Größe 1.txt", "ß".encode())])
packed("bomb.zip", [("zeros", bytes(3_000_000))])
packed("empty.zip", [])
packed("stored.zip", [("a.txt", b"the content of a file")], zipfile.ZIP_STORED)
# The same with a letter changed: the checksum inside tells.
with open("stored.zip", "rb") as file:
    content = file.read()
with open("changed.zip", "wb") as file:
    file.write(content.replace(b"content", b"contest"))
os.remove("stored.zip")
REG, DIR, SYM, LNK, CHR = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE,
                           tarfile.CHRTYPE)
noise = bytes(i * i * 31 % 251 for i in range(40_000))
rolled("flat.tar.gz", [("./", DIR, b""), ("./Info.txt", REG, b"mdb001 G CIRC B 535 425 197\n"),
                       ("./mdb001.pgm", REG, noise)], "w:gz")
with open("flat.tar.gz", "rb") as file:
    content = file.read()
with open("cut.tar.gz", "wb") as file:
    file.write(content[:len(content) // 2])
rolled("outside.tar", [("good.txt", REG, b"good"), ("../outside.txt", REG, b"bad")])
rolled("deep.tar", [("a/../../outside.txt", REG, b"bad")])
rolled("absolute.tar", [("/tmp/tlkb-outside.txt", REG, b"bad")])
rolled("symlink.tar", [("door", SYM, ".."), ("door/outside.txt", REG, b"bad")])
rolled("hardlink.tar", [("a", REG, b"a"), ("b", LNK, "/etc/passwd")])
rolled("device.tar", [("null", CHR, b"")])
rolled("clash.tar", [("a", REG, b"a"), ("a/b", REG, b"b")])

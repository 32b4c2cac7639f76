"""embed_fonts.py THEME_H OUTPUT_FOLDER NAME=FONT…: subset fonts as C++ byte arrays (font_data.h, font_data.cpp).

Text faces keep Latin and the signs the screen uses; the icon face keeps the icons that THEME_H names in its
`namespace icon`. Outlines are rounded to a grid that is finer than a twentieth of a pixel at the largest size on the densest
screen; what only font menus and layout engines read is left out.
"""

import io
import os
import re
import sys

from fontTools import subset
from fontTools.cffLib import cffStandardStrings
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

TEXT = (
    [*range(0x20, 0x7F), *range(0xA0, 0x100)]
    + [ord(c) for c in "–—−·•…→←↑↓↔≤≥≠×✓‘’“”ŁłŃńŚśŠšŽžČčĆćŐőŰűĞğİıŞş∅∈∞≈√⊥"]
)

# The grid of each face: a fraction of its own, so that stems stay even.
UNITS_PER_EM = {"inter_regular": 704, "inter_semibold": 704, "jetbrains_mono": 500, "font_awesome": 448}
UNREAD = ["GSUB", "GPOS", "GDEF", "STAT", "DSIG", "kern", "FFTM", "OS/2", "name", "post", "gasp"]

HEADER = """// Written by the build. Subset fonts, as they are handed to ImGui.
#pragma once

namespace paxoscope::ui {

/// One TrueType or CFF font. ascent, descent and units_per_em are the font's own units (descent below 0).
struct FontData {
  const unsigned char* bytes;
  unsigned size;
  float ascent, descent, units_per_em;
};

%s
}  // namespace paxoscope::ui
"""


def icons_of(theme_header):
    """Code points of the strings in `namespace icon { … }`."""
    body = re.search(r"namespace icon \{(.*?)\n\}", open(theme_header, encoding="utf-8").read(), re.S).group(1)
    points = set()
    for literal in re.findall(r'"((?:\\x[0-9a-fA-F]{2})+)"', body):
        points.update(ord(c) for c in bytes.fromhex(literal.replace("\\x", "")).decode("utf-8"))
    if not points:
        sys.exit(f"{theme_header}: no icons found in namespace icon")
    return sorted(points)


def round_outlines(font, units_per_em):
    """Puts every point on the coarser grid. fontTools would round each step of a CFF outline, and the errors add up; and it
    leaves the boxes of composite glyphs as they were."""
    factor = units_per_em / font["head"].unitsPerEm
    glyphs = font.getGlyphSet()
    drawn = {}
    if "CFF " in font:
        for name in font.getGlyphOrder():
            pen = T2CharStringPen(None, glyphs)
            glyphs[name].draw(TransformPen(pen, (factor, 0, 0, factor, 0, 0)))
            drawn[name] = pen
    scale_upem(font, units_per_em)
    if "CFF " in font:
        top = font["CFF "].cff.topDictIndex[0]
        for name, pen in drawn.items():
            top.CharStrings[name] = pen.getCharString(top.Private, top.GlobalSubrs)
    else:
        for name in font.getGlyphOrder():
            font["glyf"][name].recalcBounds(font["glyf"])


def forget_names(font):
    """Gives the glyphs of a CFF font the names that need no spelling out, and drops the font's own."""
    order = font.getGlyphOrder()
    new = dict(zip(order, [".notdef", *cffStandardStrings[1 : len(order)]]))
    top = font["CFF "].cff.topDictIndex[0]
    top.CharStrings.charStrings = {new[name]: glyph for name, glyph in top.CharStrings.charStrings.items()}
    top.charset = [new[name] for name in top.charset]
    for entry in ("version", "Notice", "Copyright", "FullName", "FamilyName", "Weight"):
        top.rawDict.pop(entry, None)
    for table in font["cmap"].tables:
        table.cmap = {point: new[name] for point, name in table.cmap.items()}
    font["hmtx"].metrics = {new[name]: metrics for name, metrics in font["hmtx"].metrics.items()}
    font.glyphOrder = [new[name] for name in order]


def subset_bytes(path, points, units_per_em):
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = False
    options.name_IDs = []
    options.drop_tables += UNREAD
    options.recalc_timestamp = False
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    round_outlines(font, units_per_em)
    if "CFF " in font:
        forget_names(font)
    for table in UNREAD:
        if table in font:
            del font[table]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def main(theme_header, folder, *fonts):
    os.makedirs(folder, exist_ok=True)
    declared, defined = "", ""
    for entry in fonts:
        name, path = entry.split("=", 1)
        icons = name == "font_awesome"
        points = icons_of(theme_header) if icons else TEXT
        known = TTFont(path).getBestCmap()
        absent = [p for p in points if p not in known]
        if icons and absent:
            sys.exit(f"{path} has no glyph for {[hex(p) for p in absent]}")
        data = subset_bytes(path, [p for p in points if p in known], UNITS_PER_EM[name])
        font = TTFont(io.BytesIO(data))
        metrics = (font["hhea"].ascent, font["hhea"].descent, font["head"].unitsPerEm)
        rows = "\n".join(
            "    " + "".join(f"{byte}," for byte in data[at : at + 32]) for at in range(0, len(data), 32)
        )
        declared += f"extern const FontData {name};\n"
        defined += f"static const unsigned char {name}_bytes[] = {{\n{rows}\n}};\n"
        defined += f"const FontData {name} = {{{name}_bytes, {len(data)}u, {metrics[0]}, {metrics[1]}, {metrics[2]}}};\n\n"
    with open(f"{folder}/font_data.h", "w", encoding="utf-8") as out:
        out.write(HEADER % declared)
    with open(f"{folder}/font_data.cpp", "w", encoding="utf-8") as out:
        out.write('#include "ui/font_data.h"\n\nnamespace paxoscope::ui {\n\n' + defined + "}  // namespace paxoscope::ui\n")


main(*sys.argv[1:])

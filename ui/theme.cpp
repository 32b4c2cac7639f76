#include "ui/theme.h"

#include <algorithm>
#include <cmath>

namespace paxoscope::ui {
namespace {

/// 0xRRGGBB, opaque.
constexpr ImU32 rgb(uint32_t hex) {
  return IM_COL32(hex >> 16 & 255, hex >> 8 & 255, hex & 255, 255);
}

constexpr Theme kDark = {ThemeName::dark,
                         rgb(0x0F1419),
                         rgb(0x161C24),
                         rgb(0x1E2630),
                         rgb(0x2B3643),
                         rgb(0x26303B),
                         rgb(0x3D4A58),
                         rgb(0xE6EAF0),
                         rgb(0x9AA7B5),
                         rgb(0x8391A0),
                         rgb(0xC3CCD6),
                         rgb(0x8FA2FF),
                         rgb(0x0F1419),
                         rgb(0x4CC38A),
                         rgb(0xFF6B5E),
                         rgb(0x6B7A8A),
                         {rgb(0x9AA7B5), rgb(0x3E464F)},
                         {{rgb(0x56B4E9), rgb(0x2E566F)},
                          {rgb(0xE69F00), rgb(0x654E16)},
                          {rgb(0xCC79A7), rgb(0x5B3F56)},
                          {rgb(0x009E73), rgb(0x0E4D42)},
                          {rgb(0xF0E442), rgb(0x57582D)},
                          {rgb(0x3C8FD0), rgb(0x244865)},
                          {rgb(0xD55E00), rgb(0x5F3516)}}};

constexpr Theme kLight = {ThemeName::light,
                          rgb(0xF7F7F4),
                          rgb(0xFFFFFF),
                          rgb(0xF2F3F1),
                          rgb(0xE2E6EB),
                          rgb(0xDDE1E6),
                          rgb(0xB4BDC7),
                          rgb(0x1B232C),
                          rgb(0x505D6A),
                          rgb(0x616D7A),
                          rgb(0x36424E),
                          rgb(0x4253D1),
                          rgb(0xFFFFFF),
                          rgb(0x1A7F4B),
                          rgb(0xC4321C),
                          rgb(0x7C8896),
                          {rgb(0x505D6A), rgb(0xD8DBDE)},
                          {{rgb(0x1F86C1), rgb(0xB8E0F6)},
                           {rgb(0xB67800), rgb(0xF5D794)},
                           {rgb(0xAE5488), rgb(0xEAC7DA)},
                           {rgb(0x00805C), rgb(0x94D6C4)},
                           {rgb(0x8F8000), rgb(0xF9F4B0)},
                           {rgb(0x0067A3), rgb(0x94C4DF)},
                           {rgb(0xBC4B00), rgb(0xEDBB94)}}};

constexpr Theme kProjector = {ThemeName::projector,
                              rgb(0xFFFFFF),
                              rgb(0xFFFFFF),
                              rgb(0xEFF1F0),
                              rgb(0xDCE1E6),
                              rgb(0xA9B3BD),
                              rgb(0x75818E),
                              rgb(0x000000),
                              rgb(0x2B3640),
                              rgb(0x3A4652),
                              rgb(0x141C24),
                              rgb(0x2537BA),
                              rgb(0xFFFFFF),
                              rgb(0x0B6638),
                              rgb(0xA82410),
                              rgb(0x47535F),
                              {rgb(0x3A4652), rgb(0xD8DBDE)},
                              {{rgb(0x0B6CA3), rgb(0xB8E0F6)},
                               {rgb(0x8F5D00), rgb(0xF5D794)},
                               {rgb(0x93396D), rgb(0xEAC7DA)},
                               {rgb(0x006447), rgb(0x94D6C4)},
                               {rgb(0x6E6200), rgb(0xF9F4B0)},
                               {rgb(0x004F80), rgb(0x94C4DF)},
                               {rgb(0x9A3B00), rgb(0xEDBB94)}}};

const Theme* current_theme = &kDark;
float current_scale = 1;
bool current_phone = false;

}  // namespace

const Theme& dark_theme() {
  return kDark;
}
const Theme& light_theme() {
  return kLight;
}
const Theme& projector_theme() {
  return kProjector;
}
ThemeName next_theme(ThemeName present) {
  return present == ThemeName::dark ? ThemeName::light : present == ThemeName::light ? ThemeName::projector : ThemeName::dark;
}
const Theme& theme() {
  return *current_theme;
}
void use_theme(ThemeName name) {
  current_theme = name == ThemeName::dark ? &kDark : name == ThemeName::light ? &kLight : &kProjector;
}

float px(float css) {
  return std::floor(css * current_scale + 0.5f);
}
float scale() {
  return current_scale;
}
float line_width(float css) {
  return css * current_scale * (current_theme == &kProjector ? kProjectorWeight : 1);
}
void set_scale(float device_pixels_per_css_pixel) {
  current_scale = std::clamp(device_pixels_per_css_pixel, 0.5f, 4.0f);
}

bool phone() {
  return current_phone;
}
void use_phone(bool phone) {
  current_phone = phone;
}

EpochColours colours_of(const Epoch& epoch, const Timeline& timeline) {
  const int slot = epoch ? timeline.slot_of(epoch) : -1;
  return slot < 0 ? theme().neutral : theme().epochs[slot % 7];
}

ImU32 with_alpha(ImU32 colour, float alpha) {
  const float base = static_cast<float>(colour >> IM_COL32_A_SHIFT & 255);
  const auto a = static_cast<ImU32>(std::clamp(base * alpha + 0.5f, 0.0f, 255.0f));
  return (colour & ~IM_COL32_A_MASK) | a << IM_COL32_A_SHIFT;
}

ImU32 mix(ImU32 a, ImU32 b, float share_of_b) {
  const float t = std::clamp(share_of_b, 0.0f, 1.0f);
  ImU32 result = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const float from = static_cast<float>(a >> shift & 255), to = static_cast<float>(b >> shift & 255);
    result |= static_cast<ImU32>(from + (to - from) * t + 0.5f) << shift;
  }
  return result;
}

}  // namespace paxoscope::ui

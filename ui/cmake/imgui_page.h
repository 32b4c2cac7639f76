// Dear ImGui's configuration for the page. The page has no settings files, no number fields and no old GL: what is left to
// scan is one whole number, behind "#version ". Without the C library's scanner it is several kilobytes lighter.
#pragma once

#include <emscripten/console.h>
#include <stdio.h>
#include <stdlib.h>

template <class... Values>
int imgui_page_scan(const char*, const char*, Values...) {
  return 0;
}
inline int imgui_page_scan(const char* text, const char* format, int* value) {
  while (*format && *format == *text) ++format, ++text;
  if (*format != '%') return 0;
  *value = atoi(text);
  return 1;
}
#define sscanf imgui_page_scan

// What GL's compiler complains about goes to the console word by word; a stream would bring the C library's printf.
template <class... Words>
void imgui_page_say(const char* format, Words... words) {
  emscripten_console_error(format);
  (emscripten_console_error(words), ...);
}
#define fprintf(stream, ...) imgui_page_say(__VA_ARGS__)

// A font of its own for whoever adds none, as a text of 12 kilobytes that hardly compresses. The page always adds fonts, so
// the call without arguments goes nowhere, and the function has no caller left.
inline void AddFontDefault() {}
#define AddFontDefault(...) AddFontDefault##__VA_OPT__(OfImGui)(__VA_ARGS__)

#include "ui/words.h"

namespace paxoscope::ui {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (std::string_view part : parts) all += part;
  return all;
}

}  // namespace paxoscope::ui

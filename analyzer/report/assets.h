/* page.css and page.js, made into arrays when the program is built. */
#ifndef REPORT_ASSETS_H
#define REPORT_ASSETS_H

#include <stddef.h>

extern const char page_css[], page_js[];
extern const size_t page_css_size, page_js_size;

#endif

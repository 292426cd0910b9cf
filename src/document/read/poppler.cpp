// The poppler shim. Nothing but poppler's C++ interface behind C functions: no decisions here. Exceptions end
// here.
#include "poppler.h"

#include <cstdint>
#include <iconv.h>
#include <memory>
#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>
#include <poppler-toc.h>
#include <poppler-version.h>
#include <string>

extern "C" {
#include "nightdesk/base/text.h"
}

struct nd_poppler {
    std::unique_ptr<poppler::document> document;
};

namespace
{

// poppler's strings are UTF-16; its own conversion would load iconv tables anew each time
void add(const poppler::ustring &from, struct nd_bytes *out)
{
    for (std::size_t i = 0; i < from.size(); i++) {
        std::uint32_t c = from[i];
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < from.size() && (from[i + 1] & 0xFC00) == 0xDC00)
            c = 0x10000 + ((c - 0xD800) << 10) + (from[++i] - 0xDC00U);
        nd_utf8_add(out, c);
    }
}

void ignore(const std::string &, void *)
{
}

void walk(const poppler::toc_item *item, unsigned level, void (*add_one)(void *, unsigned, struct nd_view),
          void *ctx)
{
    for (const poppler::toc_item *child : item->children()) {
        struct nd_bytes title = {nullptr, 0, 0, 1 << 16, false};
        add(child->title(), &title);
        add_one(ctx, level, nd_bytes_view(&title));
        nd_bytes_release(&title);
        walk(child, level + 1, add_one, ctx);
    }
}

// One line of text: enough to have poppler read its tables of glyph names and iconv load its modules.
const char first_document[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 "
    "R>>>>>>endobj\n"
    "4 0 obj<</Length 33>>stream\nBT /F 9 Tf 9 9 Td (ready) Tj ET  \nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R>>\n";

} // namespace

extern "C" const char *nd_poppler_version(void)
{
    return POPPLER_VERSION;
}

extern "C" void nd_poppler_prepare(void)
{
    poppler::set_debug_error_function(ignore, nullptr);
    // both stay open until the process ends, so that what they loaded stays loaded
    static iconv_t held[2] = {iconv_open("UTF-16", "UTF-8"), iconv_open("UTF-8", "UTF-16")};
    static poppler::document *first =
        poppler::document::load_from_raw_data(first_document, sizeof first_document - 1);
    (void)held;
    if (!first) return;
    std::unique_ptr<poppler::page> page(first->create_page(0));
    if (page) (void)page->text(poppler::rectf(), poppler::page::raw_order_layout);
}

extern "C" struct nd_poppler *nd_poppler_open(struct nd_view data, bool *locked)
try {
    std::unique_ptr<poppler::document> document(
        poppler::document::load_from_raw_data(data.data, static_cast<int>(data.len)));
    *locked = document && document->is_locked();
    if (!document || *locked) return nullptr;
    return new nd_poppler{std::move(document)};
} catch (...) {
    return nullptr;
}

extern "C" void nd_poppler_free(struct nd_poppler *pdf)
{
    delete pdf;
}

extern "C" uint32_t nd_poppler_pages(const struct nd_poppler *pdf)
{
    int pages = pdf->document->pages();
    return pages > 0 ? static_cast<uint32_t>(pages) : 0;
}

extern "C" bool nd_poppler_page(const struct nd_poppler *pdf, uint32_t number, enum nd_poppler_order order,
                                struct nd_bytes *text, struct nd_bytes *label)
try {
    std::unique_ptr<poppler::page> page(pdf->document->create_page(static_cast<int>(number)));
    if (!page) return false;
    poppler::ustring content =
        page->text(poppler::rectf(), order == ND_POPPLER_STREAM ? poppler::page::raw_order_layout
                                                                : poppler::page::non_raw_non_physical_layout);
    if (!content.empty() && content.back() == '\f') content.pop_back(); // poppler ends each page with one
    add(content, text);
    add(page->label(), label);
    return true;
} catch (...) {
    return false;
}

extern "C" bool nd_poppler_page_is_blank(const struct nd_poppler *pdf, uint32_t number)
try {
    std::unique_ptr<poppler::page> page(pdf->document->create_page(static_cast<int>(number)));
    poppler::page_renderer renderer;
    poppler::image drawn = page ? renderer.render_page(page.get(), 18, 18) : poppler::image();
    if (!drawn.is_valid()) return false;
    const char *first = drawn.const_data();
    const std::size_t row_bytes = static_cast<std::size_t>(drawn.width()) * 4;
    for (int y = 0; y < drawn.height(); y++) {
        const char *row = first + static_cast<std::ptrdiff_t>(y) * drawn.bytes_per_row();
        for (std::size_t x = 0; x < row_bytes; x++)
            if (row[x] != first[x % 4]) return false;
    }
    return true;
} catch (...) {
    return false;
}

extern "C" void nd_poppler_info(const struct nd_poppler *pdf, const char *member, struct nd_bytes *out)
try {
    add(pdf->document->info_key(member), out);
} catch (...) {
}

extern "C" int64_t nd_poppler_created(const struct nd_poppler *pdf)
try {
    const time_t when = pdf->document->get_creation_date_t();
    return when > 0 ? when : 0;
} catch (...) {
    return 0;
}

extern "C" void nd_poppler_bookmarks(const struct nd_poppler *pdf,
                                     void (*add_one)(void *ctx, unsigned level, struct nd_view title),
                                     void *ctx)
try {
    std::unique_ptr<poppler::toc> toc(pdf->document->create_toc());
    if (toc && toc->root()) walk(toc->root(), 1, add_one, ctx);
} catch (...) {
}

extern "C" void nd_poppler_words(const struct nd_poppler *pdf, uint32_t number,
                                 void (*add_one)(void *ctx, const struct nd_poppler_word *word), void *ctx)
try {
    std::unique_ptr<poppler::page> page(pdf->document->create_page(static_cast<int>(number)));
    if (!page) return;
    struct nd_bytes text = {nullptr, 0, 0, 1 << 16, false};
    for (const poppler::text_box &box : page->text_list()) {
        nd_bytes_clear(&text);
        add(box.text(), &text);
        const struct nd_poppler_word word = {nd_bytes_view(&text), box.bbox().top(), box.bbox().height(),
                                             box.has_space_after()};
        add_one(ctx, &word);
    }
    nd_bytes_release(&text);
} catch (...) {
}

/** @file
 * privid for C++11 and later: what has to be closed or freed is, and failures are exceptions.
 *
 *     privid::library library; // shut down at the end of the scope
 *     privid::session session("{\"collections\":{\"default\":{\"named_urls\":{}}},"
 *                             "\"session_token\":\"\"}");
 *     privid::answer answer = session.call(privid_validate, {pixels, width, height});
 *     if (answer.id > 0)
 *         ... answer.json ...
 *
 * Nothing but privid.h is behind it; all of that may be used beside it.
 */
#ifndef PRIVID_HPP
#define PRIVID_HPP

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "privid.h"

namespace privid
{

/** The library or a session could not be opened. What an operation has to say stands in its JSON.
 */
class error : public std::runtime_error
{
  public:
    error(std::int32_t status, const std::string &message)
        : std::runtime_error(message), status_(status)
    {
    }

    /** One of the return statuses, -1 to -7. */
    std::int32_t status() const noexcept
    {
        return status_;
    }

  private:
    std::int32_t status_;
};

namespace detail
{

/* Frees what the library has handed out, also where a copy of it throws. */
struct text {
    char *bytes = nullptr;
    int length = 0;

    text() = default;
    text(const text &) = delete;
    text &operator=(const text &) = delete;
    ~text()
    {
        privid_free_char_buffer(bytes);
    }

    std::string copy() const
    {
        return bytes ? std::string(bytes, static_cast<std::size_t>(length)) : std::string();
    }
};

struct buffer {
    std::uint8_t *bytes = nullptr;
    int length = 0;

    buffer() = default;
    buffer(const buffer &) = delete;
    buffer &operator=(const buffer &) = delete;
    ~buffer()
    {
        privid_free_buffer(bytes);
    }

    std::vector<std::uint8_t> copy() const
    {
        return bytes ? std::vector<std::uint8_t>(bytes, bytes + length)
                     : std::vector<std::uint8_t>();
    }
};

[[noreturn]] inline void throw_last_error()
{
    text message;
    std::int32_t status = privid_get_last_error(&message.bytes, &message.length);
    throw error(status, message.copy());
}

} // namespace detail

/** Pixels as privid.h describes pictures; they are only read during a call. */
struct picture {
    const std::uint8_t *pixels;
    int width;
    int height;
};

/** What an operation answers. */
struct answer {
    std::int32_t id; /**< positive, or -1 on failure */
    std::string json;
    std::vector<std::uint8_t> image; /**< portrait or document, where there is one */
    std::vector<std::uint8_t> face;  /**< the document's face, where there is one */
};

/** The initialised library. Sessions end with it, so it is made before them and outlives them. */
class library
{
  public:
    explicit library(const std::string &models = std::string(), int log_level = 1)
    {
        privid_initialize_lib(models.data(), static_cast<int>(models.size()), log_level);
        if (!privid_is_library_initialized())
            detail::throw_last_error();
    }

    library(const library &) = delete;
    library &operator=(const library &) = delete;
    ~library()
    {
        privid_shutdown_lib();
    }

    static const char *version() noexcept
    {
        return privid_get_version();
    }
};

/** A session. It can be moved, and used from any number of threads at once. */
class session
{
  public:
    /** The type of privid_validate and of every other operation on one picture. */
    using operation = std::int32_t(void *, const char *, int, const std::uint8_t *, int, int,
                                   char **, int *);

    explicit session(const std::string &settings)
    {
        if (!privid_initialize_session(settings.data(), static_cast<int>(settings.size()),
                                       &handle_))
            detail::throw_last_error();
    }

    session(session &&other) noexcept : handle_(other.handle_)
    {
        other.handle_ = nullptr;
    }

    session &operator=(session &&other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }

    session(const session &) = delete;
    session &operator=(const session &) = delete;

    ~session()
    {
        if (handle_)
            privid_deinitialize_session(handle_);
    }

    answer call(operation &function, const picture &of, const std::string &config = "") const
    {
        detail::text json;
        std::int32_t id = function(handle_, config.data(), static_cast<int>(config.size()),
                                   of.pixels, of.width, of.height, &json.bytes, &json.length);
        return {id, json.copy(), {}, {}};
    }

    answer compare(const picture &a, const picture &b, const std::string &config = "") const
    {
        detail::text json;
        std::int32_t id = privid_face_compare_files(
            handle_, config.data(), static_cast<int>(config.size()), a.pixels, a.width, a.height,
            b.pixels, b.width, b.height, &json.bytes, &json.length);
        return {id, json.copy(), {}, {}};
    }

    answer portrait(const picture &of, const std::string &config = "") const
    {
        detail::text json;
        detail::buffer image;
        std::int32_t id = privid_face_iso(handle_, config.data(), static_cast<int>(config.size()),
                                          of.pixels, of.width, of.height, &image.bytes,
                                          &image.length, &json.bytes, &json.length);
        return {id, json.copy(), image.copy(), {}};
    }

    answer scan(const picture &of, const std::string &config = "") const
    {
        detail::text json;
        detail::buffer document;
        detail::buffer face;
        std::int32_t id =
            privid_doc_scan_face(handle_, config.data(), static_cast<int>(config.size()), of.pixels,
                                 of.width, of.height, &document.bytes, &document.length,
                                 &face.bytes, &face.length, &json.bytes, &json.length);
        return {id, json.copy(), document.copy(), face.copy()};
    }

    answer remove(const std::string &puid, const std::string &config = "") const
    {
        detail::text json;
        std::int32_t id =
            privid_user_delete(handle_, config.data(), static_cast<int>(config.size()), puid.data(),
                               static_cast<int>(puid.size()), &json.bytes, &json.length);
        return {id, json.copy(), {}, {}};
    }

  private:
    void *handle_ = nullptr;
};

} // namespace privid

#endif

// The same in C++, and that a failure is an exception, and that a session can be moved.
#include <fstream>
#include <iostream>
#include <privid/privid.hpp>
#include <string>
#include <utility>
#include <vector>

static int run(const char *path)
{
    int width = 0, height = 0, most = 0;
    std::string kind;
    std::ifstream file(path, std::ios::binary);
    file >> kind >> width >> height >> most;
    file.get();
    if (!file || kind != "P6" || width < 1 || height < 1 || width > 10000 || height > 10000)
        throw std::runtime_error(std::string(path) + " is no binary PPM picture");
    std::vector<char> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    if (!file.read(pixels.data(), static_cast<std::streamsize>(pixels.size())))
        throw std::runtime_error(std::string(path) + " ends early");
    privid::picture picture = {reinterpret_cast<const std::uint8_t *>(pixels.data()), width,
                               height};

    privid::library library;
    try {
        privid::session refused("{}");
        return 3;
    } catch (const privid::error &error) {
        std::cout << "refused: " << error.status() << ' ' << error.what() << '\n';
    }
    privid::session first(
        "{\"collections\": {\"default\": {\"named_urls\": {}}}, \"session_token\": \"\"}");
    privid::session session = std::move(first);
    privid::answer same = session.compare(picture, picture);
    privid::answer portrait = session.portrait(picture);
    privid::answer wrong = session.call(privid_validate, picture, "{\"neighbors\": 0}");
    std::cout << portrait.image.size() << '\n' << wrong.id << '\n' << same.json << '\n';
    return same.id > 0 && portrait.id > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    try {
        return argc == 2 ? run(argv[1]) : 2;
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}

"""Download one archive from the package index that pip is configured for.

    fetch_pypi.py NAME VERSION FILE FOLDER SIZE

Nothing of the archive is run, not even the set-up of a source archive, and it does not matter for
which Python or machine a wheel was made: the caller checks its SHA-256. Index, certificates, proxies
and passwords are pip's own. Prints "DONE TOTAL" lines.

Exit status: 0; 1 with the reason on standard error; 3 where pip is missing.
"""

import itertools
import logging
import os
import subprocess
import sys

BLOCK = 256 * 1024
ATTEMPTS = 3


class Failed(Exception):
    """With a message for people."""


class Changed(Exception):
    """This pip's inner parts are not the ones that are known."""


def complaints():
    """What pip says only to its log: why an index could not be read."""
    messages = []

    class Keeper(logging.Handler):
        def emit(self, record):
            text = record.getMessage()
            if "Could not fetch" in text or record.levelno >= logging.WARNING:
                messages.append(text)

    logger = logging.getLogger("pip._internal.index.collector")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(Keeper())
    logger.propagate = False
    return messages


def find_links(finder, name):
    """Every link of the project, whatever Python or machine it is for."""
    from pip._internal.index import collector as module
    from pip._vendor.packaging.utils import canonicalize_name

    collector = finder._link_collector

    def from_page(location):
        if hasattr(collector, "fetch_response"):
            page = collector.fetch_response(location)
            return [] if page is None else list(module.parse_links(page))
        page = collector.fetch_page(location)  # before pip 22.2
        if page is None:
            return []
        return list(module.parse_links(page, use_deprecated_html5lib=False))

    sources = collector.collect_sources(
        project_name=canonicalize_name(name), candidates_from_page=from_page
    )
    for source in itertools.chain(sources.find_links, sources.index_urls):
        if source is None:
            continue
        for candidate in source.page_candidates():
            yield getattr(candidate, "link", candidate)
        yield from source.file_links()


def save(session, link, path, size):
    response = session.get(
        link.url_without_fragment, headers={"Accept-Encoding": "identity"}, stream=True
    )
    response.raise_for_status()
    done = 0
    with open(path, "wb") as file:
        for block in response.raw.stream(BLOCK, decode_content=False):
            done += len(block)
            if done > size:
                raise Failed(f"{link.filename} is larger than the {size} bytes that are pinned")
            file.write(block)
            print(done, size, flush=True)
    if done != size:
        raise OSError(f"{link.filename} ended after {done} of {size} bytes")


def download(name, version, wanted, path, size):
    try:
        from pip._internal.commands import create_command

        command = create_command("download")
        options, _ = command.parse_args(["--no-input", name])
        reasons = complaints()
    except (ImportError, AttributeError, TypeError) as reason:
        raise Changed(reason) from reason
    with command.main_context():
        try:
            session = command.get_default_session(options)
            finder = command._build_package_finder(options=options, session=session)
            links = [link for link in find_links(finder, name) if link.filename == wanted]
        except (ImportError, AttributeError, TypeError) as reason:
            raise Changed(reason) from reason
        if not links:
            why = f": {reasons[-1]}" if reasons else ""
            raise Failed(f"pip's package index has no {wanted} of {name} {version}{why}")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return save(session, links[0], path, size)
            except BrokenPipeError:
                raise  # whoever asked is gone
            except Failed:
                raise
            except Exception as reason:  # whatever the HTTP library that pip brings may raise
                if attempt == ATTEMPTS:
                    raise Failed(f"downloading {wanted}: {reason}") from reason


def download_wheel(name, version, wanted, folder):
    """The public command, for a pip whose inner parts have changed; it does wheels only."""
    if not wanted.endswith(".whl"):
        raise Failed(f"this pip cannot be asked for {wanted} without running its set-up")
    python, abi, platforms = wanted[: -len(".whl")].split("-")[-3:]
    command = [sys.executable, "-m", "pip", "download", "--no-input", "--no-deps", "--quiet"]
    command += ["--only-binary=:all:", "--dest", folder, "--abi", abi.split(".")[-1]]
    for platform in platforms.split("."):
        command += ["--platform", platform]
    tag = python.split(".")[-1]
    command += ["--implementation", tag[:2], "--python-version", tag[2:]]
    done = subprocess.run(command + [f"{name}=={version}"], stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failed(f"pip download {name}=={version} failed")


def main():
    name, version, wanted, folder, size = sys.argv[1:]
    path = os.path.join(folder, wanted)
    try:
        import pip  # noqa: F401
    except ImportError:
        print("pip is missing", file=sys.stderr)
        return 3
    try:
        try:
            download(name, version, wanted, path, int(size))
        except Changed as reason:
            print(f"pip {pip.__version__} is new here ({reason}): using pip download",
                  file=sys.stderr)
            download_wheel(name, version, wanted, folder)
    except Failed as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
